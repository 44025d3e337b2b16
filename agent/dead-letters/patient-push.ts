import type { Output, Route } from '../deliver/output.ts';
import type { Verdict } from '../model/verdict.ts';
import { Backoff } from '../runtime/backoff.ts';
import type { Clock } from '../runtime/clock.ts';

/** A store that takes nothing for so long is not waited for: unlike the agent, an operator wants to know. */
const PATIENCE_MS = 60_000;

export type PushAnswer =
  | { readonly kind: 'stored' }
  | Extract<Verdict, { kind: 'refused' }>
  /** Nothing more is going to be sent: `why`, or null when that was asked for. */
  | { readonly kind: 'ended'; readonly why: string | null };

export interface PushPatience {
  readonly clock: Clock;
  readonly backoffMinMs: number;
  readonly backoffMaxMs: number;
  /** Hears what goes wrong on the way. */
  readonly onRetry: (detail: string, delayMs: number) => void;
}

/** Sends a body until the store has decided on it, `stop` aborts, or patience runs out. */
export async function patientPush(output: Output<Route>, body: Buffer, patience: PushPatience, stop: AbortSignal): Promise<PushAnswer> {
  const { clock, onRetry } = patience;
  const backoff = new Backoff(clock, patience.backoffMinMs, patience.backoffMaxMs);
  const deadlineMs = clock.monotonic() + PATIENCE_MS;
  for (let failures = 0; !stop.aborted; failures += 1) {
    const verdict = await output.push(body, stop);
    if (verdict.kind === 'stored' || (verdict.kind === 'refused' && !stop.aborted)) return verdict;
    if (verdict.kind === 'misconfigured' && !stop.aborted) return { kind: 'ended', why: verdict.detail };
    if (verdict.kind !== 'retry' || stop.aborted) break;
    const delayMs = Math.max(backoff.delayMs(failures), verdict.afterMs ?? 0);
    if (clock.monotonic() + delayMs > deadlineMs) return { kind: 'ended', why: verdict.detail };
    onRetry(verdict.detail, delayMs);
    await clock.sleep(delayMs, stop);
  }
  return { kind: 'ended', why: null };
}
