import { z } from 'zod';
import { BURST_SECONDS } from '../model/rate-rule.ts';
import { type LogRuleConfig, logRule } from './log-rules-schema.ts';
import { seconds, whenSound, wholeNumber } from './scalar-schemas.ts';

/** How much is sent of the logs that a rule of `limits.rules` names. */
export interface RateRuleConfig {
  /** Absent: all logs. */
  readonly logs?: LogRuleConfig;
  readonly per: (typeof SHARERS)[number];
  readonly rate_bytes: number;
  /** Absent: what comes together in ten seconds. */
  readonly burst_bytes?: number;
  readonly over: (typeof CHOICES)[number];
  readonly drop_below_seconds: number;
}

const SHARERS = ['container', 'namespace'] as const;
const CHOICES = ['pause', 'drop'] as const;
const MOST_BYTES = 1_099_511_627_776;

const rateRule: z.ZodType<RateRuleConfig> = z
  .strictObject({
    logs: logRule().exactOptional().describe('Which logs the rule is for, as in containers.exclude; without it all.'),
    per: z
      .enum(SHARERS)
      .default('container')
      .describe('Whether each container has the rate for itself, or all containers of a namespace on this node share it, in turns.'),
    rate_bytes: wholeNumber(1024, MOST_BYTES).describe('Bytes of log files a second that are sent in the long run.'),
    burst_bytes: wholeNumber(1024, MOST_BYTES)
      .exactOptional()
      .describe(`Bytes that are sent at once after a silence; without it what comes together in ${BURST_SECONDS} seconds.`),
    over: z
      .enum(CHOICES)
      .default('pause')
      .describe(
        'What becomes of what is written beyond the rate: it waits in its files; or it does so, and the oldest of it is dropped, counted, with a gap record, when the kubelet is about to delete it.',
      ),
    drop_below_seconds: seconds(1)
      .default(60)
      .describe('With over: drop, how long before the kubelet deletes bytes that wait they are dropped, at the rate the log grows.'),
  })
  .superRefine(
    ({ rate_bytes: rate, burst_bytes: burst = rate }, ctx) => {
      const message = `${burst} is less than rate_bytes (${rate}), write a number that is not below it`;
      if (burst < rate) ctx.addIssue({ code: 'custom', path: ['burst_bytes'], message });
    },
    { when: whenSound('rate_bytes', 'burst_bytes') },
  );

/** Rules in their order: for each `per`, the first one that names a log holds for it. */
export function rateRules(): z.ZodDefault<z.ZodType<RateRuleConfig[]>> {
  return z.array(rateRule).default([]);
}
