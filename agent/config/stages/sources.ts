import { z } from 'zod';

/** Names, and what the value of each is taken from. */
export type Sources = Readonly<Record<string, string>>;

/** A mapping of names to sources; a source that is left empty is the name itself. */
export function sources(name: z.ZodString, what: string): z.ZodType<Sources> {
  return (
    z
      .record(name, z.string().nullable())
      // Said where the key is missing; the one below is the schema's.
      .describe(what)
      .refine((names) => Object.keys(names).length > 0, { error: 'empty, write at least one name' })
      .transform((names) => Object.fromEntries(Object.entries(names).map(([name, source]) => [name, source || name])))
      .describe(what)
  );
}
