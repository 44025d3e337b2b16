import { z } from 'zod';
import { whenSound } from './scalar-schemas.ts';

export interface ConfigTests {
  readonly tests: readonly ConfigTest[];
}

/** Lines of one container, and what becomes of them under a configuration. */
export interface ConfigTest {
  readonly name: string;
  /** Null: the first one. */
  readonly output: string | null;
  readonly log: TestedLog;
  readonly lines: readonly TestedLine[];
  /** What is sent, in order; absent where the whole log is left out. */
  readonly entries?: readonly ExpectedEntry[];
  readonly excluded?: string;
}

export interface TestedLog {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  readonly pod_labels: Texts;
  readonly pod_annotations: Texts;
  readonly namespace_labels: Texts;
  readonly owner?: { readonly kind: string; readonly name: string };
}

export interface TestedLine {
  readonly line: string;
  readonly stream: 'stdout' | 'stderr';
  /** RFC 3339; null: a millisecond after the line before. */
  readonly time: string | null;
}

export interface ExpectedEntry {
  readonly line?: string;
  readonly time?: string;
  /** Those that are looked at; null: the entry goes without. */
  readonly labels?: Readonly<Record<string, string | null>>;
  readonly metadata?: Readonly<Record<string, string | null>>;
  readonly tenant?: string | null;
}

type Texts = Readonly<Record<string, string>>;

const time = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/, { error: 'not a time, write one like 2024-05-01T12:00:00.5Z' });
const name = z.string().regex(/^[^_/\s]+$/, { error: 'not a name that Kubernetes has, write one without _, / and spaces' });
const texts = z.record(z.string(), z.string()).default({});
const values = z.record(z.string(), z.union([z.string(), z.null()])).exactOptional();

const log: z.ZodType<TestedLog> = z
  .strictObject({
    namespace: name.default('default'),
    pod: name.default('pod'),
    container: name.default('app'),
    pod_labels: texts,
    pod_annotations: texts,
    namespace_labels: texts,
    owner: z.strictObject({ kind: z.string(), name: z.string() }).exactOptional(),
  })
  .prefault({});

const line: z.ZodType<TestedLine> = z
  .union([
    z.string(),
    z.strictObject({ line: z.string(), stream: z.enum(['stdout', 'stderr']).default('stdout'), time: time.nullable().default(null) }),
  ])
  .transform((written) => (typeof written === 'string' ? { line: written, stream: 'stdout' as const, time: null } : written));

const entry: z.ZodType<ExpectedEntry> = z
  .strictObject({
    line: z.string().exactOptional(),
    time: time.exactOptional(),
    labels: values,
    metadata: values,
    tenant: z.string().nullable().exactOptional(),
  })
  .refine((written) => Object.keys(written).length > 0, {
    error: 'says nothing, write line, labels, metadata, time or tenant',
    when: whenSound(),
  });

const test: z.ZodType<ConfigTest> = z
  .strictObject({
    name: z.string().min(1),
    output: z.string().nullable().default(null),
    log,
    lines: z.array(line).min(1, { error: 'an empty list, write at least one line' }),
    entries: z.array(entry).exactOptional(),
    excluded: z.string().exactOptional(),
  })
  .refine(({ entries, excluded }) => (entries === undefined) !== (excluded === undefined), {
    error: 'write either entries (an empty list when every line is left out), or excluded with the reason why no line is read',
    when: whenSound('entries', 'excluded'),
  });

/** A file of tests of a configuration. */
export const configTestsSchema: z.ZodType<ConfigTests> = z.strictObject({
  tests: z.array(test).min(1, { error: 'an empty list, write at least one test' }),
});
