import type { RetryReason, Verdict } from '../../model/verdict.ts';
import { parseHttpDate } from '../../runtime/clock.ts';
import type { HttpAnswer } from '../../runtime/http-client.ts';
import { requestFault, serverErrorReason } from './server-error.ts';

/** A gateway may ask for more patience than this; what it asks for beyond is not believed. */
const RETRY_AFTER_MAX_MS = 300_000;
const DETAIL_LENGTH = 512;

/**
 * What an answer to a push means (loki pkg/distributor/http.go and pkg/distributor/distributor.go; table in their order there).
 * Loki answers 260, a 2xx, for data that a policy blocked; only 200 and 204 are success. `nowMs`, the store's time, is for dates in
 * Retry-After. Which entries and streams an answer names is not looked at here.
 */
export function pushVerdict(answer: HttpAnswer, nowMs: number): Verdict {
  if (answer.kind === 'failure') return { kind: 'retry', reason: answer.reason, detail: answer.detail, afterMs: null, streams: null };
  const { status } = answer;
  const detail = `HTTP ${status}: ${firstLine(answer.text)}`;
  if (status === 200 || status === 204) return { kind: 'stored' };
  switch (status) {
    case 260:
      return { kind: 'refused', reason: 'policy_blocked', detail, guilty: null };
    case 400:
    case 422:
      return { kind: 'refused', reason: 'invalid', detail, guilty: null };
    case 413:
      return { kind: 'refused', reason: 'too_large', detail, guilty: null };
    case 401:
      return { kind: 'misconfigured', reason: 'unauthorized', detail };
    case 403:
      return { kind: 'misconfigured', reason: 'forbidden', detail };
    case 404:
    case 405:
    case 415:
      return { kind: 'misconfigured', reason: 'not_found', detail };
    default: {
      const fault = requestFault(status, answer.text);
      if (fault !== null) return { kind: 'refused', reason: fault, detail, guilty: null };
      const reason = retryReason(status, answer.text);
      return { kind: 'retry', reason, detail, afterMs: retryAfterMs(answer.retryAfter, nowMs), streams: null };
    }
  }
}

function retryReason(status: number, text: string): RetryReason {
  if (status === 429) return 'rate_limited';
  return status >= 500 ? serverErrorReason(status, text) : 'unexpected_status';
}

function firstLine(text: string): string {
  const line = text.trimStart().split('\n', 1)[0]!.trimEnd();
  return line.length > DETAIL_LENGTH ? `${line.slice(0, DETAIL_LENGTH)}...` : line;
}

/** Retry-After is seconds or an HTTP date (RFC 9110, section 10.2.3). */
function retryAfterMs(value: string | null, nowMs: number): number | null {
  if (value === null) return null;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : parseHttpDate(value) - nowMs;
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), RETRY_AFTER_MAX_MS);
}
