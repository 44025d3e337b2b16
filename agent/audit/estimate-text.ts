import { textTable } from '../runtime/text-table.ts';
import type { DailyEstimate } from './daily-estimate.ts';
import type { Volume } from './estimate.ts';

const SECONDS_PER_HOUR = 3600;
const NUMBERS: ReadonlySet<number> = new Set([2, 3]);

/** An estimate for people. */
export function estimateText(estimate: DailyEstimate): string {
  const { events, from, to, recorded, under_policy: kept, levels, rules, savings } = estimate;
  const total = [row('as recorded', '', recorded), row('under the policy', '', kept)];
  const byLevel = levels.map(({ level, ...volume }) => row('', level, volume));
  const byRule = rules.map(({ rule, level, ...volume }) => row(rule === null ? 'no rule' : `rules[${rule}]`, level, volume));
  const changes = savings.map(({ change, ...volume }) => row(`saved by ${change}`, '', volume));
  const table = textTable([['', 'LEVEL', 'EVENTS/DAY', 'BYTES/DAY'], ...total, ...byLevel, ...byRule, ...changes], NUMBERS);
  return [`${events} events from ${from} to ${to}\n\n`, table, ...notes(estimate).map((note) => `\n${note}\n`)].join('');
}

function row(what: string, level: string, { events, bytes }: Volume): string[] {
  return [what, level, grouped(events), grouped(bytes)];
}

function notes({ span_seconds, understated_events }: DailyEstimate): string[] {
  const short = `The log spans ${span_seconds} seconds: what a whole day holds is a rough guess.`;
  const understated = `Events that would be larger than counted here, since the log has less of them than the policy records: ${understated_events}.`;
  const unseen = 'Requests that the log does not hold, since the policy it was written under leaves them out, are not counted.';
  return [...(span_seconds < SECONDS_PER_HOUR ? [short] : []), ...(understated_events > 0 ? [understated] : []), unseen];
}

/** `1,234,567`. */
function grouped(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}
