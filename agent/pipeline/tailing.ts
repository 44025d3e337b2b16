import type { Route } from '../deliver/output.ts';
import type { LogSource, Source } from '../model/source.ts';
import type { Pausable } from './pauses.ts';
import type { RateLimit } from './rate-limit.ts';
import type { StreamMember } from './stream-windows.ts';
import type { TailedSource } from './tailed-source.ts';

/**
 * What a source does: it waits until it is known whose it is; it has nothing to say; it waits for its turn, or has it; the store has to
 * take something of it first; what comes next is not due yet; it waits until a rule lets more of it through; its last read failed; it is about to be closed so that another one can be
 * opened, and gets no more turns.
 */
export type TailingState = 'unknown' | 'resting' | 'queued' | 'blocked' | 'early' | 'paused' | 'failed' | 'leaving';

/**
 * Whether the last scan has found the source; once it has ended, it is closed as soon as all of it is settled. An excluded one is closed
 * as soon as nothing of it waits for an answer, wherever it stands.
 */
export type Presence = 'present' | 'departed' | 'ended' | 'excluded';

/** There is more to read of a source that does this. */
const BEHIND: ReadonlySet<TailingState> = new Set(['queued', 'blocked', 'early', 'paused']);

/** An open source, and when it is looked at next; times on the monotonic clock. */
export class Tailing<R extends Route, S extends LogSource = Source> implements StreamMember, Pausable {
  readonly tailed: TailedSource<R, S>;
  readonly openedMs: number;
  state: TailingState = 'unknown';
  presence: Presence = 'present';
  intervalMs: number;
  nextPollMs: number;
  lastChangeMs: number;

  constructor(tailed: TailedSource<R, S>, nowMs: number, intervalMs: number) {
    this.tailed = tailed;
    this.openedMs = nowMs;
    this.intervalMs = intervalMs;
    this.nextPollMs = nowMs;
    this.lastChangeMs = nowMs;
  }

  get id(): string {
    return this.tailed.source.id;
  }

  get limits(): readonly RateLimit[] {
    return this.tailed.limits;
  }

  get headSeconds(): number {
    return this.tailed.headSeconds;
  }

  get behind(): boolean {
    return BEHIND.has(this.state);
  }
}
