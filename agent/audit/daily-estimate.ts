import { daysFromCivil } from '../runtime/civil-time.ts';
import type { Change, Estimate, Volume } from './estimate.ts';
import type { Policy } from './policy.ts';

/** An estimate by the day, rounded. Names are those of `estimate --json`. */
export interface DailyEstimate {
  readonly from: string;
  readonly to: string;
  /** From the first event to the last. */
  readonly span_seconds: number;
  /** Events of the log, and of those how many the policy would record with more than the log has. */
  readonly events: number;
  readonly understated_events: number;
  readonly recorded: Volume;
  readonly under_policy: Volume;
  readonly levels: readonly (Volume & { readonly level: string })[];
  /** A rule of null: no rule matches. */
  readonly rules: readonly (Volume & { readonly rule: number | null; readonly level: string })[];
  readonly savings: readonly (Volume & { readonly change: string })[];
}

const SECONDS_PER_DAY = 86_400;

/** Null: what the log holds lies within a second, which says nothing about a day. */
export function dailyEstimate(estimate: Estimate, policy: Policy): DailyEstimate | null {
  const span = secondsOf(estimate.last) - secondsOf(estimate.first);
  if (!(span >= 1)) return null;
  const daily = ({ events, bytes }: Volume): Volume => ({ events: perDay(events, span), bytes: perDay(bytes, span) });
  return {
    from: estimate.first,
    to: estimate.last,
    span_seconds: Math.round(span),
    events: estimate.recorded.events,
    understated_events: estimate.understated,
    recorded: daily(estimate.recorded),
    under_policy: daily(estimate.kept),
    levels: [...estimate.byLevel].map(([level, volume]) => ({ level, ...daily(volume) })),
    rules: [...estimate.byRule].map(([rule, volume]) => ({
      rule,
      level: rule === null ? 'None' : policy.rules[rule]!.level,
      ...daily(volume),
    })),
    savings: estimate.savings().map(({ change, saved }) => ({ change: changeText(change), ...daily(saved) })),
  };
}

function perDay(count: number, span: number): number {
  return Math.round((count / span) * SECONDS_PER_DAY);
}

function changeText(change: Change): string {
  return change.kind === 'omit-request-received' ? 'omitStages: ["RequestReceived"]' : `rules[${change.rule}] at Metadata`;
}

/** Of `2026-11-23T00:22:59.122651Z`; NaN for another text. */
function secondsOf(time: string): number {
  const [year, month, day, hour, minute, second] = (/^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d(?:\.\d+)?)Z$/.exec(time) ?? [])
    .slice(1)
    .map(Number);
  return daysFromCivil(year!, month!, day!) * SECONDS_PER_DAY + hour! * 3600 + minute! * 60 + second!;
}
