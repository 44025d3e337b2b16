/** Times may go back by as much, since threads write past each other, without a rate taking that for time that passes anew. */
const JITTER_SECONDS = 10;

/** Slack for sums of fractions of a second. */
const EPSILON = 1e-6;

/** How many lines a second may pass, and how many at once: a token bucket that is told the time. What it knows stands in two numbers of whoever asks. */
export class LineRate {
  readonly #perSecond: number;
  readonly #burst: number;

  constructor(perSecond: number, burst: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
  }

  /** Whether a line at `seconds` may pass. `numbers` holds at `spent` what was taken of the burst, 0 at first, and at `last` when that was. */
  takes(seconds: number, numbers: number[], { spent, last }: { readonly spent: number; readonly last: number }): boolean {
    const passed = seconds - numbers[last]!;
    if (passed > 0) numbers[spent] = Math.max(numbers[spent]! - passed * this.#perSecond, 0);
    if (passed > 0 || passed < -JITTER_SECONDS) numbers[last] = seconds;
    if (numbers[spent]! + 1 > this.#burst + EPSILON) return false;
    numbers[spent]! += 1;
    return true;
  }
}
