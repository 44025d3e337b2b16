/** The time of writing, in the text of a line: `@1795564800000@`. */
const MARK = 64;
const DIGITS = 13;
const ZERO = 48;
const LONGEST_MS = 60_000;

export function timeMark(nowMs: number): string {
  return `@${nowMs}@`;
}

/** How long lines took from their writing to the store, in whole milliseconds. They are found by their mark, in any format. */
export class Latencies {
  readonly #counts = new Uint32Array(LONGEST_MS + 1);
  #total = 0;

  /** `body` is uncompressed and came at `nowMs`. */
  add(body: Buffer, nowMs: number): void {
    for (let at = body.indexOf(MARK); at !== -1; at = body.indexOf(MARK, at + 1)) {
      const writtenMs = markedTime(body, at + 1);
      if (writtenMs === null) continue;
      this.#counts[Math.min(LONGEST_MS, Math.max(0, nowMs - writtenMs))]! += 1;
      this.#total += 1;
      at += DIGITS + 1;
    }
  }

  /** The milliseconds that a share of the lines took at most; null without a line. */
  quantile(share: number): number | null {
    if (this.#total === 0) return null;
    let seen = 0;
    const wanted = share * this.#total;
    return this.#counts.findIndex((count) => (seen += count) >= wanted);
  }
}

function markedTime(body: Buffer, from: number): number | null {
  if (body[from + DIGITS] !== MARK) return null;
  let time = 0;
  for (let at = from; at < from + DIGITS; at += 1) {
    const digit = body[at]! - ZERO;
    if (digit < 0 || digit > 9) return null;
    time = time * 10 + digit;
  }
  return time;
}
