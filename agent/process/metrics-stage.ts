import type { LineMetric, LineSeries } from '../model/line-metrics.ts';
import type { Entry } from './entry.ts';
import { metricValue } from './metric-value.ts';
import type { Stage } from './stage.ts';
import type { ValueOrLabel } from './value-or-label.ts';

/** What an entry does to its series. */
type MetricAction = 'inc' | 'dec' | 'add' | 'sub' | 'set' | 'observe';

export interface MetricRule {
  readonly metric: LineMetric;
  /** Where the values of the labels stand. */
  readonly labels: readonly ValueOrLabel[];
  /** What is looked at: the slot of an extracted value, every entry, or the bytes of every entry. */
  readonly source: number | 'entries' | 'bytes';
  /** The value that counts; null: any. */
  readonly value: string | null;
  readonly action: MetricAction;
}

/** Makes metrics of entries. What it counts is of this run of the agent: an entry that comes again after a crash counts again. */
export class MetricsStage implements Stage {
  readonly #rules: readonly MetricRule[];

  constructor(rules: readonly MetricRule[]) {
    this.#rules = rules;
  }

  apply(entry: Entry): true {
    for (const rule of this.#rules) record(rule, entry);
    return true;
  }
}

function record(rule: MetricRule, entry: Entry): void {
  const amount = amountOf(rule, entry);
  if (amount === null) return;
  const series = seriesOf(rule, entry);
  change(series, rule, amount);
  series.changed = true;
}

/** What the entry adds, or is; null: it is not meant, or says no number. */
function amountOf({ source, value, action, metric }: MetricRule, { view, extracted }: Entry): number | null {
  if (source === 'bytes') return view.end - view.start;
  if (source === 'entries') return 1;
  const text = extracted[source]!;
  if (text === null || (value !== null && text !== value)) return null;
  if (action === 'inc' || action === 'dec') return 1;
  const amount = metricValue(text);
  return amount !== null && amount < 0 && metric.options.type === 'counter' ? null : amount;
}

function seriesOf({ metric, labels }: MetricRule, entry: Entry): LineSeries {
  let key = '';
  for (let i = 0; i < labels.length; i += 1) key += `${labelOf(entry, labels[i]!)}\0`;
  return (
    metric.find(key) ??
    metric.open(
      key,
      labels.map((label) => labelOf(entry, label)),
    )
  );
}

/** A label that stages have set counts before what was extracted under its name, which begins as the label of the stream. */
function labelOf({ labels, extracted }: Entry, { label, source }: ValueOrLabel): string {
  return (label === null ? null : labels[label]!) ?? extracted[source] ?? '';
}

function change(series: LineSeries, { action, metric }: MetricRule, amount: number): void {
  switch (action) {
    case 'inc':
    case 'add':
      series.value += amount;
      break;
    case 'dec':
    case 'sub':
      series.value -= amount;
      break;
    case 'set':
      series.value = amount;
      break;
    case 'observe': {
      const bucket = metric.options.buckets.findIndex((bound) => amount <= bound);
      series.counts[bucket === -1 ? series.counts.length - 1 : bucket]! += 1;
      series.value += amount;
      break;
    }
  }
}
