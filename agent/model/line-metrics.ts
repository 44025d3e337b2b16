/** A metric that is made of lines, as it is configured. */
export interface LineMetricOptions {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** Names of what keeps its series apart. */
  readonly labels: readonly string[];
  /** Upper bounds of a histogram, ascending, without +Inf. */
  readonly buckets: readonly number[];
  /** A series that did not change for as long is shown no longer. */
  readonly maxIdleSeconds: number;
  readonly maxSeries: number;
}

/** The value of a label of what is more than may be kept apart. */
const OTHER = 'other';

/** One set of values of the labels. */
export class LineSeries {
  /** In the order of the labels; empty: without the label. */
  readonly values: readonly string[];
  /** Of a counter or gauge; the sum of a histogram. */
  value = 0;
  /** Of a histogram, by its buckets, and behind them what is beyond. */
  readonly counts: number[];
  /** It changed since it was shown last. */
  changed = true;
  changedMs = 0;

  constructor(values: readonly string[], buckets: number) {
    this.values = values;
    this.counts = Array.from({ length: buckets + 1 }, () => 0);
  }
}

/** A metric and its series, as many as are configured at most: what is more goes into one. */
export class LineMetric {
  readonly options: LineMetricOptions;
  readonly #series = new Map<string, LineSeries>();

  constructor(options: LineMetricOptions) {
    this.options = options;
  }

  /** The series of a key; absent: it is to be opened. */
  find(key: string): LineSeries | undefined {
    return this.#series.get(key);
  }

  /** A series under its key, which is made of the values; where there are too many, one for all the rest. */
  open(key: string, values: readonly string[]): LineSeries {
    const { maxSeries, labels, buckets } = this.options;
    const hasRoom = this.#series.size < maxSeries;
    return this.#series.getOrInsertComputed(
      hasRoom ? key : OTHER,
      () => new LineSeries(hasRoom ? values : labels.map(() => OTHER), buckets.length),
    );
  }

  /** The series as they are now; those that have not changed for too long are gone. */
  shown(nowMs: number): readonly LineSeries[] {
    for (const [key, series] of this.#series) {
      if (series.changed) series.changedMs = nowMs;
      series.changed = false;
      if (nowMs - series.changedMs >= this.options.maxIdleSeconds * 1000) this.#series.delete(key);
    }
    return [...this.#series.values()];
  }
}

/** The metrics that stages make of the lines of one output. */
export class LineMetrics {
  readonly #metrics = new Map<string, LineMetric>();

  /** The metric of a name, the same for all sources; a new one where it is configured in another way than before. */
  metric(options: LineMetricOptions): LineMetric {
    const known = this.#metrics.get(options.name);
    if (known !== undefined && JSON.stringify(known.options) === JSON.stringify(options)) return known;
    const metric = new LineMetric(options);
    this.#metrics.set(options.name, metric);
    return metric;
  }

  get list(): readonly LineMetric[] {
    return [...this.#metrics.values()];
  }
}
