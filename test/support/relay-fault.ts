import { STATUS_CODES } from 'node:http';

/** What goes wrong with a request on its way to the store, or with the answer on its way back. */
export type RelayFault =
  /** No byte passes, either way, and the connection stays. */
  | { readonly kind: 'hang' }
  /** The request passes so much later. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** The answer passes so much later than the store gives it, asked for at each. */
  | { readonly kind: 'delay_answer'; readonly ms: () => number }
  /** The store gets half of the request, then both sides lose the connection. */
  | { readonly kind: 'break_request' }
  /** The store has handled the request; of its answer this share of the bytes passes, then the connection is gone, orderly or by a reset. */
  | { readonly kind: 'break_answer'; readonly share: number; readonly by: 'end' | 'reset' }
  /** The store's answer passes byte by byte. */
  | { readonly kind: 'drip'; readonly everyMs: number }
  /** These bytes, made as they are needed, and the end of the connection in place of the store's answer; `stored` tells whether it got the request. */
  | { readonly kind: 'answer'; readonly bytes: () => string; readonly stored: boolean };

/** The answer of a gateway that never asks the store. */
export function gatewayAnswer(status: number, headers: () => Readonly<Record<string, string>> = () => ({})): RelayFault {
  return { kind: 'answer', bytes: () => httpAnswer(status, headers(), `${status} of a gateway\n`), stored: false };
}

export function httpAnswer(status: number, headers: Readonly<Record<string, string>>, body: string): string {
  const lines = Object.entries({ ...headers, 'content-length': String(body.length), connection: 'close' });
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'Policy'}\r\n${lines.map((line) => line.join(': ')).join('\r\n')}\r\n\r\n${body}`;
}
