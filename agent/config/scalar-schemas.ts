import { z } from 'zod';
import { TENANT } from '../model/tenant.ts';

/** Longest time that a key may hold: a day. Node's timers overflow at 24.8 days, and nothing here should wait longer. */
const MAX_SECONDS = 86_400;

/** Loki's default max_label_value_length (pkg/validation/limits.go). */
const MAX_LABEL_VALUE_BYTES = 2048;

/** A time span in seconds, fractions allowed, from `min` to a day. */
export function seconds(min: number): z.ZodNumber {
  return z.number().min(min).max(MAX_SECONDS);
}

/** A whole number from `min` to `max`. */
export function wholeNumber(min: number, max: number): z.ZodNumber {
  // Not int(): its issue keeps zod from all further checks of the mapping around it, and from finding their problems too.
  return z.number().multipleOf(1).min(min).max(max).meta({ type: 'integer' });
}

/** A path that begins with `/`: the agent's working directory is no business of the configuration. */
export function absolutePath(): z.ZodString {
  return z.string().regex(/^\//, { error: 'not an absolute path, write one that begins with /' });
}

/** A tenant that Loki takes. */
export function tenant(): z.ZodString {
  return z
    .string()
    .regex(TENANT, { error: "not a tenant that Loki takes, write 1 to 150 letters, digits or !-_.*'() and not . or .. alone" });
}

/** A value that Loki takes for a label: not empty (an empty one counts as absent) and within its limit of bytes. */
export function labelValue(): z.ZodString {
  return z
    .string()
    .min(1)
    .refine((text) => Buffer.byteLength(text) <= MAX_LABEL_VALUE_BYTES, {
      error: (issue) =>
        `${Buffer.byteLength(String(issue.input))} bytes are too long for a label value, write at most ${MAX_LABEL_VALUE_BYTES} bytes`,
    });
}

/**
 * A `when` for a check over several keys of a mapping, or items of a list: run it as long as the whole is of the right type and
 * none of those keys has a problem of its own, whatever else has. Zod's own rule would hide it behind any other problem, and an
 * operator wants to see all of them at once.
 */
export function whenSound(...keys: string[]): (payload: z.core.ParsePayload) => boolean {
  return ({ issues }) =>
    issues.every(({ code, path }) => {
      const [key] = path ?? [];
      return key === undefined ? code === 'unrecognized_keys' : !keys.includes(String(key));
    });
}

/** A check of a mapping: the number at `low` is not above the one at `high`. */
export function inOrder<Low extends string, High extends string>(low: Low, high: High): z.core.$ZodCheck<Record<Low | High, number>> {
  return z.superRefine<Record<Low | High, number>>(
    (written, ctx) => {
      if (written[low] <= written[high]) return;
      const message = `${written[high]} is less than ${low} (${written[low]}), write a number that is not below it`;
      ctx.addIssue({ code: 'custom', path: [high], message });
    },
    { when: whenSound(low, high) },
  );
}
