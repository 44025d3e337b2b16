import { DEFAULT_WAIT_SECONDS } from '../max-wait-seconds.ts';
import { z } from 'zod';
import { type Language, LANGUAGES } from '../../model/language.ts';
import { compilePattern } from '../../patterns/pattern.ts';
import { goDuration } from '../../runtime/go-duration.ts';
import { seconds, whenSound, wholeNumber } from '../scalar-schemas.ts';

export interface MultilineConfig {
  /** One of the two. */
  readonly firstline?: string;
  readonly rules?: readonly Language[];
  readonly max_wait_seconds?: number;
  readonly max_wait_time?: string;
  readonly max_lines: number;
}

const [LEAST_WAIT_SECONDS, MOST_WAIT_SECONDS] = [0.1, 60];

const maxWaitTime = z
  .string()
  .refine((text) => isWait(goDuration(text)), {
    error: `not a time from ${LEAST_WAIT_SECONDS * 1000}ms to ${MOST_WAIT_SECONDS}s, write one like 3s`,
  })
  .exactOptional()
  .describe('max_wait_seconds as Promtail writes it, like 3s.');

function isWait(wait: number | null): boolean {
  return wait !== null && wait >= LEAST_WAIT_SECONDS && wait <= MOST_WAIT_SECONDS;
}

/** How lines are joined. */
export const multilineSchema: z.ZodType<MultilineConfig> = z
  .strictObject({
    firstline: z
      .string()
      .superRefine((source, ctx) => {
        const pattern = compilePattern(source);
        if ('fault' in pattern) ctx.addIssue({ code: 'custom', message: pattern.fault });
      })
      .exactOptional()
      .describe('Regular expression, as Go writes them, of lines that begin a record.'),
    rules: z
      .array(z.enum(LANGUAGES))
      .min(1, { error: `an empty list, write at least one of ${LANGUAGES.join(', ')}` })
      .exactOptional()
      .describe(`Whose stack traces are joined: ${LANGUAGES.join(', ')}.`),
    max_wait_seconds: seconds(LEAST_WAIT_SECONDS)
      .max(MOST_WAIT_SECONDS)
      .exactOptional()
      .describe(
        `Seconds between two lines, by their times, after which they are not joined; so long the last line waits for another one; ${DEFAULT_WAIT_SECONDS} by default.`,
      ),
    max_wait_time: maxWaitTime,
    max_lines: wholeNumber(1, 10_000).default(128).describe('Lines of a record at most; what goes on is a record of its own.'),
  })
  .superRefine(
    ({ max_wait_seconds: inSeconds, max_wait_time: asTime }, ctx) => {
      if (inSeconds !== undefined && asTime !== undefined)
        ctx.addIssue({ code: 'custom', path: ['max_wait_time'], message: 'max_wait_seconds says that, remove one of the two' });
    },
    { when: whenSound('max_wait_seconds', 'max_wait_time') },
  )
  .superRefine(
    ({ firstline, rules }, ctx) => {
      if (firstline === undefined && rules === undefined)
        ctx.addIssue({ code: 'custom', message: 'does not say which lines are one record, write firstline or rules' });
      if (firstline !== undefined && rules !== undefined)
        ctx.addIssue({ code: 'custom', path: ['rules'], message: 'firstline says that, remove one of the two' });
    },
    { when: whenSound('firstline', 'rules') },
  )
  .describe('Joins the lines of a record, as of a stack trace, into one entry.');
