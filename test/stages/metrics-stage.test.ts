import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildMetricsStage } from '../../agent/handling/build-metrics-stage.ts';
import type { StageParts } from '../../agent/handling/build-stages.ts';
import { metricsSchema } from '../../agent/config/stages/metrics-schema.ts';
import { LineMetrics } from '../../agent/model/line-metrics.ts';
import { Entry } from '../../agent/process/entry.ts';
import { metricValue } from '../../agent/process/metric-value.ts';
import { Names } from '../../agent/process/names.ts';
import { lineMetricsText } from '../../agent/serve/line-metrics-text.ts';
import { viewOf } from './entry.ts';

type Extracted = Readonly<Record<string, string>>;

/** Metrics as an operator writes them, of lines of one output. */
class Counted {
  readonly metrics = new LineMetrics();
  readonly #names = new Names();
  readonly #labels = new Names();
  readonly #stage;

  /** `changed`: labels that stages before have set. */
  constructor(written: unknown, changed: readonly string[] = []) {
    const parts: Pick<StageParts, 'extracted' | 'labels' | 'lineMetrics'> = {
      extracted: this.#names,
      labels: this.#labels,
      lineMetrics: this.metrics,
    };
    for (const name of changed) this.#labels.slotOf(name);
    this.#stage = buildMetricsStage(metricsSchema.parse(written), parts as StageParts);
  }

  line(extracted: Extracted, text = 'x', labels: Extracted = {}): this {
    const entry = new Entry(viewOf(Buffer.from(text)));
    entry.begin(
      entry.view,
      this.#names.list.map((name) => extracted[name] ?? null),
      this.#labels.list.map((name) => labels[name] ?? null),
    );
    expect(this.#stage.apply(entry)).toBe(true);
    return this;
  }

  /** The samples, as a scrape sees them. */
  shown(nowMs = 0): string[] {
    const text = lineMetricsText([{ output: 'loki', metrics: this.metrics }], nowMs);
    return text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  }
}

function metric(type: string, config: object, options: object = {}): object {
  return { m: { type, prefix: 'p_', labels: [], config, ...options } };
}

describe('counters', () => {
  test.each<[string, object, Extracted[], string[]]>([
    ['lines with a value', { action: 'inc' }, [{ m: 'a' }, {}, { m: '' }], ['p_m{output="loki"} 2']],
    ['lines with one value', { action: 'inc', value: 'success' }, [{ m: 'success' }, { m: 'fail' }], ['p_m{output="loki"} 1']],
    ['what lines say', { action: 'add' }, [{ m: '1.5' }, { m: '2' }, { m: 'x' }, { m: '-1' }], ['p_m{output="loki"} 3.5']],
    ['every line', { action: 'inc', match_all: true }, [{}, { m: 'x' }], ['p_m{output="loki"} 2']],
    ['bytes of every line', { action: 'add', match_all: true, count_entry_bytes: true }, [{}, {}], ['p_m{output="loki"} 2']],
    ['nothing yet', { action: 'inc' }, [{}], []],
  ])('%s', (...[, config, lines, want]) => {
    const counted = new Counted(metric('Counter', config));
    for (const line of lines) counted.line(line);
    expect(counted.shown()).toEqual(want);
  });
});

test.each<[string, string[], string]>([
  ['set', ['3', '2'], '2'],
  ['inc', ['3', 'x'], '2'],
  ['dec', ['3'], '-1'],
  ['add', ['3', '-1', 'x'], '2'],
  ['sub', ['3', '1'], '-4'],
])('a gauge: %s', (action, values, want) => {
  const counted = new Counted(metric('Gauge', { action }));
  for (const value of values) counted.line({ m: value });
  expect(counted.shown()).toEqual([`p_m{output="loki"} ${want}`]);
});

test('a histogram has buckets that hold those below, a sum and a count', () => {
  const counted = new Counted(metric('Histogram', { buckets: [0.01, 1] }, { source: 'time', description: 'Two\nlines \\' }));
  for (const time of ['0.01', '5ms', '0.5', '2s', 'x']) counted.line({ time });
  expect(lineMetricsText([{ output: 'loki', metrics: counted.metrics }], 0)).toBe(`# HELP p_m Two\\nlines \\\\
# TYPE p_m histogram
p_m_bucket{output="loki",le="0.01"} 2
p_m_bucket{output="loki",le="1"} 3
p_m_bucket{output="loki",le="+Inf"} 4
p_m_sum{output="loki"} 2.515
p_m_count{output="loki"} 4
`);
});

function labelled(options: object = {}): Counted {
  return new Counted(metric('Counter', { action: 'inc', match_all: true }, { labels: ['a', 'b'], ...options }));
}

describe('series', () => {
  test('are kept apart by labels, of which an absent one is left out', () => {
    const counted = labelled().line({ a: '1', b: '2' }).line({ a: '1' }).line({ b: '1' }).line({ a: '1', b: '2' }).line({ a: 'q"\\\n' });
    expect(counted.shown()).toEqual([
      'p_m{output="loki",a="1",b="2"} 2',
      'p_m{output="loki",a="1"} 1',
      'p_m{output="loki",b="1"} 1',
      String.raw`p_m{output="loki",a="q\"\\\n"} 1`,
    ]);
  });

  test('go by the label that stages have set, then by what was extracted', () => {
    const counted = new Counted(metric('Counter', { action: 'inc', match_all: true }, { labels: ['a', 'b'] }), ['a']);
    counted.line({ a: 'old', b: '1' }, 'x', { a: 'new' }).line({ a: 'old', b: '1' });
    expect(counted.shown()).toEqual(['p_m{output="loki",a="new",b="1"} 1', 'p_m{output="loki",a="old",b="1"} 1']);
  });

  test('are as many as may be, and one for the rest, so that their sum is right', () => {
    const counted = labelled({ max_series: 2 });
    for (const a of ['1', '2', '3', '4', '1']) counted.line({ a });
    expect(counted.shown()).toEqual([
      'p_m{output="loki",a="1"} 2',
      'p_m{output="loki",a="2"} 1',
      'p_m{output="loki",a="other",b="other"} 2',
    ]);
  });

  test('are gone when they have not changed for long, and begin anew', () => {
    const counted = labelled({ max_idle_duration: '1m' }).line({ a: '1' }).line({ a: '2' });
    expect(counted.shown(1_000_000)).toHaveLength(2);
    counted.line({ a: '2' });
    expect(counted.shown(1_059_999)).toHaveLength(2);
    expect(counted.shown(1_060_000)).toEqual(['p_m{output="loki",a="2"} 2']);
    expect(counted.line({ a: '1' }).shown(1_060_001)).toEqual(['p_m{output="loki",a="2"} 2', 'p_m{output="loki",a="1"} 1']);
  });

  test('of several outputs stand under one name', () => {
    const one = labelled().line({ a: '1' });
    const two = labelled().line({ a: '1' });
    const outputs = [one, two].map(({ metrics }, index) => ({ output: `o${index}`, metrics }));
    expect(lineMetricsText(outputs, 0)).toBe('# HELP p_m \n# TYPE p_m counter\np_m{output="o0",a="1"} 1\np_m{output="o1",a="1"} 1\n');
  });
});

test('a metric is one for all sources, and another when it is configured otherwise', () => {
  const metrics = new LineMetrics();
  const options = { name: 'm', help: '', type: 'counter', labels: [], buckets: [], maxIdleSeconds: 60, maxSeries: 1 } as const;
  const first = metrics.metric(options);
  expect(metrics.metric({ ...options })).toBe(first);
  expect(metrics.metric({ ...options, maxSeries: 2 })).not.toBe(first);
  expect(metrics.list).toHaveLength(1);
});

test.each<[string, number | null]>([
  ['0.804', 0.804],
  ['1e3', 1000],
  ['-.5', -0.5],
  ['0.5ms', 0.0005],
  ['10h', 36_000],
  ['1h30m', 5400],
  ['2µs', 0.000_002],
  ['true', 1],
  ['false', 0],
  ['', null],
  ['ms', null],
  ['1 ms', null],
  ['1e999', null],
  ['NaN', null],
])('%s is worth %d', (text, want) => {
  const value = metricValue(text);
  if (want === null) expect(value).toBeNull();
  else expect(value).toBeCloseTo(want, 9);
});

test('throws on no bytes and no values', () => {
  const counted = new Counted({
    a: { type: 'Counter', config: { match_all: true, count_entry_bytes: true, action: 'add' }, labels: ['v'], max_series: 5 },
    b: { type: 'Histogram', config: { buckets: [0, 1] }, source: 'v' },
    c: { type: 'Gauge', config: { action: 'set' }, source: 'v' },
  });
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.oneof(fc.string(), fc.double().map(String), fc.constantFrom('1s', '9h', '+')),
      (text, v) => {
        counted.line({ v }, text);
        for (const sample of counted.shown()) expect(sample).toMatch(/^[a-z_]+\{.*\} \S+$/s);
      },
    ),
  );
});
