/** The only way to time and randomness, so that tests own both. */
export interface Clock {
  /** Milliseconds since 1970; may jump. */
  now(): number;
  /** Milliseconds since some fixed moment; never goes back. */
  monotonic(): number;
  /** Uniform in [0, 1). */
  random(): number;
  /** Resolves after `ms`, or at once when `signal` aborts (it does not reject: callers look at the signal). */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  random: () => Math.random(),
  sleep(ms, signal) {
    if (signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      // Node cuts fractions off: rounded up, a sleep never ends early.
      const timer = setTimeout(done, Math.ceil(ms));
      signal?.addEventListener('abort', done, { once: true });
    });
  },
};

/** Milliseconds since 1970 of a date in a header of HTTP; NaN for anything else. */
export function parseHttpDate(text: string): number {
  return Date.parse(text);
}

/** The date that a server puts into its answers (RFC 9110, section 5.6.7). */
export function httpDate(ms: number): string {
  return new Date(ms).toUTCString();
}

/** Seconds since 1970 of a time without a fraction, as Go's time.RFC3339 prints it. */
export function rfc3339Seconds(text: string): number {
  return Date.parse(text) / 1000;
}
