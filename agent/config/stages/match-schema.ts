import { z } from 'zod';
import { isFault } from '../../logql/fault.ts';
import { parseLogSelector } from '../../logql/parse-log-selector.ts';
import { compilePattern } from '../../patterns/pattern.ts';
import { whenSound } from '../scalar-schemas.ts';

export interface MatchConfig<Stage> {
  readonly selector: string;
  readonly action: 'keep' | 'drop';
  readonly stages: readonly Stage[];
  readonly drop_counter_reason: string;
  readonly pipeline_name?: string;
}

const MAX_REASON_BYTES = 128;

const selector = z
  .string()
  .superRefine((source, ctx) => {
    const parsed = parseLogSelector(source, compilePattern);
    if (isFault(parsed)) ctx.addIssue({ code: 'custom', message: parsed.fault });
  })
  .describe('Which entries are meant: labels and line filters in LogQL, like {app="cart"} |= "error".');

/** `stages`: the schema of a list of stages. */
export function matchSchema<Stage extends object>(stages: z.ZodType<readonly Stage[]>): z.ZodType<MatchConfig<Stage>> {
  return z
    .strictObject({
      selector,
      action: z.enum(['keep', 'drop']).default('keep').describe('keep: they go through stages; drop: they are left out.'),
      stages: stages.prefault([]).describe('What is done with them, in this order; others go on as they are.'),
      drop_counter_reason: z
        .string()
        .min(1, { error: 'empty, write a word or leave it out' })
        .refine((text) => Buffer.byteLength(text) <= MAX_REASON_BYTES, { error: `too long, write at most ${MAX_REASON_BYTES} bytes` })
        .default('match_stage')
        .describe('The reason under which logferry_filtered_entries_total counts what is left out.'),
      pipeline_name: z
        .string()
        .min(1, { error: 'empty, leave it out' })
        .exactOptional()
        .describe("Taken since Promtail's configurations have it; names nothing here."),
    })
    .superRefine(
      ({ action, stages }, ctx) => {
        if (action === 'keep' && stages.length === 0)
          ctx.addIssue({ code: 'custom', path: ['stages'], message: 'no stages, write what is to be done, or action: drop' });
        if (action === 'drop' && stages.length > 0)
          ctx.addIssue({ code: 'custom', path: ['stages'], message: 'stages of entries that are dropped, remove them' });
      },
      { when: whenSound('action', 'stages') },
    )
    .describe('Does something with the entries alone that a LogQL selector means.');
}
