import type { SeenRequest } from './fake-loki.ts';

/** What goes wrong with a push. `delay` postpones it, by milliseconds or until a promise is settled, with the streams in flight. */
export type Fault = { readonly delay?: number | Promise<unknown> } /** Only the delay: the push is handled as ever. */ & (
  | { readonly kind: 'slow'; readonly delay: number | Promise<unknown> }
  /** This answer instead of Loki's; the push is stored only when asked for. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
      readonly store?: boolean;
    }
  /** The connection is reset; `stored` tells whether only the answer is lost. */
  | { readonly kind: 'reset'; readonly stored: boolean }
  /** No answer, until the client gives up. */
  | { readonly kind: 'hang'; readonly stored: boolean }
);

export interface FaultScope {
  /** How many pushes it hits (default 1). */
  readonly times?: number;
  /** Which ones (default: the next). */
  readonly when?: (request: SeenRequest) => boolean;
}

/** The faults still to come. */
export class FaultScript {
  readonly #faults: { readonly fault: Fault; readonly when: (request: SeenRequest) => boolean; left: number }[] = [];

  add(fault: Fault, { times = 1, when = () => true }: FaultScope): void {
    this.#faults.push({ fault, when, left: times });
  }

  /** The oldest fault that `request` is to suffer, used up by one. */
  take(request: SeenRequest): Fault | null {
    const next = this.#faults.find(({ left, when }) => left > 0 && when(request));
    if (next === undefined) return null;
    next.left--;
    return next.fault;
  }

  clear(): void {
    this.#faults.length = 0;
  }
}

/** Ends after that many milliseconds, or with the promise, however it ends. */
export async function endOfDelay(delay: number | Promise<unknown>): Promise<void> {
  if (typeof delay === 'number') await new Promise((resolve) => setTimeout(resolve, delay));
  else await Promise.allSettled([delay]);
}
