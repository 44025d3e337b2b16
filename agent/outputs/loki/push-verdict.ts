import type { Verdict } from '../../model/verdict.ts';
import { parseHttpDate } from '../../runtime/clock.ts';
import type { HttpAnswer } from '../http-client.ts';

/** A gateway may ask for more patience than this; what it asks for beyond is not believed. */
const RETRY_AFTER_MAX_MS = 300_000;
const DETAIL_LENGTH = 512;

/**
 * What an answer to a push means (loki pkg/distributor/http.go and pkg/distributor/distributor.go; table in their order there).
 * Loki answers 260, a 2xx, for data that a policy blocked; only 200 and 204 are success. `nowMs` is for dates in Retry-After.
 */
export function pushVerdict(answer: HttpAnswer, nowMs: number): Verdict {
  if (answer.kind === 'failure') return { kind: 'retry', reason: answer.reason, detail: answer.detail, afterMs: null };
  const { status } = answer;
  const detail = `HTTP ${status}: ${firstLine(answer.text)}`;
  if (status === 200 || status === 204) return { kind: 'stored' };
  switch (status) {
    case 260:
      return { kind: 'refused', reason: 'policy_blocked', detail };
    case 400:
    case 422:
      return { kind: 'refused', reason: 'invalid', detail };
    case 413:
      return { kind: 'refused', reason: 'too_large', detail };
    case 401:
      return { kind: 'misconfigured', reason: 'unauthorized', detail };
    case 403:
      return { kind: 'misconfigured', reason: 'forbidden', detail };
    case 404:
    case 405:
    case 415:
      return { kind: 'misconfigured', reason: 'not_found', detail };
    default: {
      const reason = status === 429 ? 'rate_limited' : status >= 500 ? 'server_error' : 'unexpected_status';
      return { kind: 'retry', reason, detail, afterMs: retryAfterMs(answer.retryAfter, nowMs) };
    }
  }
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
