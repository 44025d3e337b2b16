import { z } from 'zod';
import { compileLayout, LAYOUT_NAMES } from '../../layouts/compile-layout.ts';
import { Zone } from '../../layouts/zone.ts';
import { nearestName } from '../nearest-name.ts';
import { wholeNumber } from '../scalar-schemas.ts';

export interface TimestampConfig {
  readonly source: string;
  readonly format: string;
  readonly fallback_formats: readonly string[];
  readonly location?: string;
  readonly action_on_failure: 'fudge' | 'skip';
  readonly max_behind_seconds: number;
  readonly max_ahead_seconds: number;
}

/** Ten years: logs that are older are read again for their own sake. */
const MAX_SECONDS = 315_360_000;
/** A misspelt name may hold digits of the reference time, and would be a layout that fits no text. */
const NAME = /^[A-Za-z]+[0-9]*[A-Za-z]*$/;

function formatFault(format: string): string | null {
  if (LAYOUT_NAMES.includes(format)) return null;
  const nearest = NAME.test(format) ? nearestName(format, LAYOUT_NAMES) : null;
  if (nearest !== null) return `no known layout, did you mean ${nearest}?`;
  if (compileLayout(format, null) !== null) return null;
  return `holds nothing of Go's reference time Mon Jan 2 15:04:05 -0700 MST 2006, write that time in the form that yours have, or one of ${LAYOUT_NAMES.join(', ')}`;
}

const format = z.string().superRefine((written, ctx) => {
  const fault = formatFault(written);
  if (fault !== null) ctx.addIssue({ code: 'custom', message: fault });
});

const location = z.string().refine((name) => Zone.named(name) !== null, {
  error: 'no zone that is known here, write a name of the IANA database, such as Europe/Berlin or UTC',
});

export const timestampSchema: z.ZodType<TimestampConfig> = z
  .strictObject({
    source: z.string().min(1).describe('The extracted value that holds the time.'),
    format: format.describe(
      `How it is written: ${LAYOUT_NAMES.join(', ')}, or Go's reference time Mon Jan 2 15:04:05 -0700 MST 2006 in that form.`,
    ),
    fallback_formats: z.array(format).default([]).describe('What it is read as, in this order, where it has not that form.'),
    location: location.exactOptional().describe('IANA name of the zone of times that do not say theirs; absent: UTC.'),
    action_on_failure: z
      .enum(['fudge', 'skip'])
      .default('fudge')
      .describe('What an entry without a time gets: fudge: the last time that was said and a nanosecond; skip: the time of the runtime.'),
    max_behind_seconds: wholeNumber(1, MAX_SECONDS)
      .default(3000)
      .describe('A time further behind that of the runtime is not taken; a store refuses what is an hour behind its stream.'),
    max_ahead_seconds: wholeNumber(1, MAX_SECONDS)
      .default(300)
      .describe('A time further ahead of that of the runtime is not taken; a store refuses what is ten minutes ahead of its clock.'),
  })
  .describe('Gives an entry the time that an extracted value says.');
