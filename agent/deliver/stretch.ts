/** Requests whose mean makes a baseline, and the weight of a new one among those that came since. */
const BASELINE_SAMPLES = 8;
const NEWEST_WEIGHT = 1 / 8;

interface Baseline {
  samples: number;
  meanMs: number;
}

/**
 * How many times as long a store takes for a request as it did when it had less to do. Only bodies of about the same size, to a power of
 * two, are compared, since a request has a cost of its own beside that of its bytes. The baseline is a mean and no minimum: where latency
 * scatters, a minimum would take every answer for a late one.
 */
export class Stretch {
  /** By the power of two of the body. */
  readonly #baselines = new Map<number, Baseline>();
  #value = 1;

  /** Smoothed; 1 as long as nothing is compared. */
  get value(): number {
    return this.#value;
  }

  /** Takes note of a request; returns whether it could be compared, and not only be a sample for those to come. */
  note(bytes: number, ms: number): boolean {
    const power = Math.floor(Math.log2(bytes));
    const baseline = this.#baselines.get(power) ?? { samples: 0, meanMs: 0 };
    this.#baselines.set(power, baseline);
    if (baseline.samples < BASELINE_SAMPLES) {
      baseline.samples += 1;
      baseline.meanMs += (ms - baseline.meanMs) / baseline.samples;
      return false;
    }
    // A store that answers within the clock's resolution keeps nobody waiting.
    const sample = baseline.meanMs === 0 ? 1 : ms / baseline.meanMs;
    this.#value += (sample - this.#value) * NEWEST_WEIGHT;
    return true;
  }

  /** The load has changed on purpose: this is what the requests to come are expected to take. */
  expect(value: number): void {
    this.#value = value;
  }

  /** Learns all baselines anew. */
  forget(): void {
    this.#baselines.clear();
    this.#value = 1;
  }
}
