import { z } from 'zod';
import { goDuration } from '../../runtime/go-duration.ts';
import { anyLabelName } from '../label-name.ts';
import { wholeNumber, whenSound } from '../scalar-schemas.ts';

interface MetricBase {
  readonly description: string;
  readonly prefix: string;
  readonly source?: string;
  readonly max_idle_duration: string;
  readonly labels: readonly string[];
  readonly max_series: number;
}

interface CounterConfig extends MetricBase {
  readonly type: 'Counter' | 'counter';
  readonly config: {
    readonly match_all: boolean;
    readonly count_entry_bytes: boolean;
    readonly value?: string;
    readonly action: 'inc' | 'add';
  };
}

interface GaugeConfig extends MetricBase {
  readonly type: 'Gauge' | 'gauge';
  readonly config: { readonly value?: string; readonly action: 'set' | 'inc' | 'dec' | 'add' | 'sub' };
}

interface HistogramConfig extends MetricBase {
  readonly type: 'Histogram' | 'histogram';
  readonly config: { readonly value?: string; readonly buckets: readonly number[] };
}

export type MetricConfig = CounterConfig | GaugeConfig | HistogramConfig;
/** By name, without the prefix. */
export type MetricsConfig = Readonly<Record<string, MetricConfig>>;

/** prometheus/common model.MetricNameRE. */
const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;
const PREFIX = 'logferry_custom_';
const MAX_SERIES = 100_000;
const MAX_BUCKETS = 100;
/** Labels that metrics have anyhow. */
const TAKEN = new Set(['output', 'le']);

const duration = z.string().refine((text) => (goDuration(text) ?? 0) >= 1, {
  error: 'no time span of a second at least, write one such as 30s, 5m or 24h',
});

const label = anyLabelName().refine((name) => !TAKEN.has(name), {
  error: 'a label that every metric of this kind has, write another',
});

const base = {
  description: z.string().default('').describe('What it says, for whoever looks at /metrics.'),
  prefix: z
    .string()
    .regex(METRIC_NAME, { error: 'not the beginning of the name of a metric, write letters, digits, _ and : only and no digit first' })
    .refine((prefix) => prefix.startsWith(PREFIX) || !prefix.startsWith('logferry_'), {
      error: `metrics of the agent itself begin like that, write ${PREFIX} or another prefix`,
    })
    .default(PREFIX)
    .describe('What its name begins with.'),
  source: z.string().min(1).exactOptional().describe('The extracted value that is looked at; absent: that of the name of the metric.'),
  max_idle_duration: duration.default('5m').describe('A series that did not change for as long is shown no longer.'),
  labels: z
    .array(label)
    .default(['namespace', 'app', 'container'])
    .describe('Labels of the stream, or extracted values, that keep its series apart.'),
  max_series: wholeNumber(1, MAX_SERIES).default(1000).describe('Series on one output; what is more goes into one whose labels say other.'),
};

const value = z.string().exactOptional().describe('The value that counts; absent: any.');

const counter = z.strictObject({
  type: z.enum(['Counter', 'counter']),
  ...base,
  config: z
    .strictObject({
      match_all: z.boolean().default(false).describe('true: every entry counts, whatever was extracted.'),
      count_entry_bytes: z.boolean().default(false).describe('true: the bytes of every entry are added.'),
      value,
      action: z.enum(['inc', 'add']).describe('inc: adds 1; add: adds the value.'),
    })
    .superRefine(
      (config, ctx) => {
        const fault = counterFault(config);
        if (fault !== null) ctx.addIssue({ code: 'custom', message: fault });
      },
      { when: whenSound('match_all', 'count_entry_bytes', 'action') },
    ),
});

function counterFault({ match_all: all, count_entry_bytes: bytes, value, action }: CounterConfig['config']): string | null {
  if (all && value !== undefined) return 'match_all counts every entry and value only some, remove one of them';
  if (bytes && !all) return 'count_entry_bytes counts every entry, write match_all: true as well';
  if (bytes && action !== 'add') return 'count_entry_bytes adds, write action: add';
  return all && !bytes && action === 'add' ? 'match_all looks at no value to add, write action: inc, or count_entry_bytes: true' : null;
}

const gauge = z.strictObject({
  type: z.enum(['Gauge', 'gauge']),
  ...base,
  config: z.strictObject({
    value,
    action: z.enum(['set', 'inc', 'dec', 'add', 'sub']).describe('set: becomes the value; add, sub: by the value; inc, dec: by 1.'),
  }),
});

const histogram = z.strictObject({
  type: z.enum(['Histogram', 'histogram']),
  ...base,
  config: z.strictObject({
    value,
    buckets: z
      .array(z.number())
      .min(1, { error: 'an empty list, write at least one upper bound' })
      .max(MAX_BUCKETS)
      .refine((bounds) => bounds.every((bound, index) => index === 0 || bound > bounds[index - 1]!), {
        error: 'not in ascending order, write each bound once, the smallest first',
      })
      .describe('Upper bounds, ascending.'),
  }),
});

export const metricsSchema: z.ZodType<MetricsConfig> = z
  .record(
    z.string().regex(/^[a-zA-Z0-9_:]+$/, { error: 'not the name of a metric, write letters, digits, _ and : only' }),
    z.discriminatedUnion('type', [counter, gauge, histogram]),
  )
  .refine((metrics) => Object.keys(metrics).length > 0, { error: 'no metric, write its name and what it is, or remove the stage' })
  .describe('Counts what lines say, and shows it at /metrics: name to what it is, of type Counter, Gauge or Histogram.');
