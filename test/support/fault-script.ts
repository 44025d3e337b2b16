export interface FaultScope<R> {
  /** How many requests it hits (default 1). */
  readonly times?: number;
  /** Which ones (default: the next). */
  readonly when?: (request: R) => boolean;
}

/** Faults `F` still to come, each for requests `R` of its scope. */
export class FaultScript<F, R> {
  readonly #faults: { readonly fault: F; readonly when: (request: R) => boolean; left: number }[] = [];

  add(fault: F, { times = 1, when = () => true }: FaultScope<R>): void {
    this.#faults.push({ fault, when, left: times });
  }

  /** The oldest fault that `request` is to suffer, used up by one. */
  take(request: R): F | null {
    const next = this.#faults.find(({ left, when }) => left > 0 && when(request));
    if (next === undefined) return null;
    next.left--;
    return next.fault;
  }

  clear(): void {
    this.#faults.length = 0;
  }
}
