import type { SeenRequest } from './fake-loki.ts';

/** By how many milliseconds, until a promise is settled, or as the push itself decides. */
export type Delay = number | Promise<unknown> | ((request: SeenRequest) => Promise<unknown>);

/** What goes wrong with a push. `delay` postpones it, with the streams in flight. */
export type Fault = { readonly delay?: Delay } /** Only the delay: the push is handled as ever. */ & (
  | { readonly kind: 'slow'; readonly delay: Delay }
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

/** Ends after that many milliseconds, or with the promise, however it ends. */
export async function endOfDelay(delay: Delay, request: SeenRequest): Promise<void> {
  if (typeof delay === 'number') await new Promise((resolve) => setTimeout(resolve, delay));
  else await Promise.allSettled([typeof delay === 'function' ? delay(request) : delay]);
}
