import { fieldOf } from './field-of.ts';

/** Why a list or a watch gave nothing, or no more. */
export const TROUBLE_REASONS = [
  /** The server ended the watch in good order, as it does after `timeoutSeconds` or when it stops. */
  'closed',
  /** Nothing came for so long that the connection must be dead. */
  'idle',
  'network',
  /** 410: the server no longer knows what happened since our version. */
  'expired',
  /** The server does not know our version yet: another replica of it was ahead, or its database was restored. */
  'version_too_large',
  /** 429. */
  'throttled',
  /** 401 and 403: the operator's to fix. */
  'refused',
  'server_error',
  /** Other statuses below 500: the server does not understand the request. */
  'rejected',
  /** An ERROR event of another kind: nothing is known of what comes behind it. */
  'error_event',
  /** Bytes that are no event, or no list. */
  'malformed',
] as const;
export type TroubleReason = (typeof TROUBLE_REASONS)[number];

/** An expected end of a request to the API server. */
export interface Trouble {
  readonly kind: 'trouble';
  readonly reason: TroubleReason;
  /** How long the server wants to be left alone; null: it did not say. */
  readonly afterMs: number | null;
  readonly detail: string;
  /** Of the answer, where there was one. */
  readonly status?: number;
}

/** `retryAfter` is the header's text. */
export function troubleOfStatus(status: number, body: unknown, retryAfter: string | null): Trouble {
  const seconds = retryAfter ?? fieldOf(fieldOf(body, 'details'), 'retryAfterSeconds');
  const afterMs = /^\d{1,6}$/.test(String(seconds)) ? Number(seconds) * 1000 : null;
  const message = fieldOf(body, 'message');
  const detail = typeof message === 'string' && message !== '' ? `${status}: ${message.slice(0, 300)}` : `status ${status}`;
  return { kind: 'trouble', reason: reasonOf(status, detail), afterMs: afterMs === 0 ? null : afterMs, detail, status };
}

/** What an ERROR event says: its object is a Status, as the body of a failed request is. */
export function troubleOfErrorEvent(object: unknown): Trouble {
  const trouble = troubleOfStatus(Number(fieldOf(object, 'code') ?? 500), object, null);
  const isOther = trouble.reason === 'server_error' || trouble.reason === 'rejected';
  return isOther ? { ...trouble, reason: 'error_event' } : trouble;
}

export function trouble(reason: TroubleReason, detail: string): Trouble {
  return { kind: 'trouble', reason, afterMs: null, detail };
}

/** NewTooLargeResourceVersionError is a 504 with this text, and without another mark in older servers (apiserver pkg/storage/errors.go). */
function reasonOf(status: number, detail: string): TroubleReason {
  if (status === 410) return 'expired';
  if (detail.includes('Too large resource version')) return 'version_too_large';
  if (status === 429) return 'throttled';
  if (status === 401 || status === 403) return 'refused';
  return status >= 500 || status < 400 ? 'server_error' : 'rejected';
}
