import { Alarm } from '../runtime/alarm.ts';
import type { Clock } from '../runtime/clock.ts';
import type { ThrottledLogger } from '../runtime/logger.ts';
import type { RateLimit } from './rate-limit.ts';
import type { TailingState } from './tailing.ts';

/** A log as rules of rates see it. */
export interface Pausable {
  readonly state: TailingState;
  /** Of whom it is, for the operator. */
  readonly id: string;
  readonly limits: readonly RateLimit[];
}

export interface PausesParts<M extends Pausable> {
  readonly clock: Clock;
  readonly log: ThrottledLogger;
  /** Gives a log a turn again. */
  readonly resume: (member: M) => void;
  /** Until the kubelet deletes bytes of the log that are not stored. */
  readonly secondsUntilLoss: (member: M) => number;
}

const PAUSED = 'a log is over the rate of a rule and waits on disk: raise rate_bytes of the rule, or see what it writes';
const LATE =
  'what a log has written beyond the rate of a rule is dropped before the kubelet deletes it: raise rate_bytes of the rule, or see what it writes';

/**
 * The logs that wait on disk because what a rule lets through is used up. Those of one limit have their turns in the order in which they
 * came, no more than a chunk each, so that who writes much in a namespace takes nothing from who writes little.
 */
export class Pauses<M extends Pausable> {
  readonly #parts: PausesParts<M>;
  readonly #alarm: Alarm;
  readonly #queues = new Map<RateLimit, Set<M>>();
  readonly #waiting = new Map<M, RateLimit>();

  constructor(parts: PausesParts<M>) {
    this.#parts = parts;
    this.#alarm = new Alarm(parts.clock);
  }

  /** What the turn of a log is for: to be sent, to be dropped since it would be gone soon, or not yet, then it is resumed in its time. */
  admit(member: M, nowMs: number): 'send' | 'drop' | 'wait' {
    const limit = member.limits.find((each) => !this.#lets(each, member, nowMs)) ?? null;
    if (limit !== null && !this.isLate(member, limit)) {
      this.#park(member, limit, nowMs);
      return 'wait';
    }
    this.#forget(member, nowMs);
    if (limit === null) return 'send';
    this.#say(member, limit, LATE);
    return 'drop';
  }

  #lets(limit: RateLimit, member: M, nowMs: number): boolean {
    const first = this.#queues.get(limit)?.values().next().value ?? member;
    return first === member && limit.dueMs <= nowMs;
  }

  /** Whether bytes that wait for a limit would be lost soon, and the rule says that they be dropped then. */
  isLate(member: M, limit: RateLimit | undefined = this.#waiting.get(member)): boolean {
    const least = limit?.rule.dropBelowSeconds ?? null;
    return least !== null && this.#parts.secondsUntilLoss(member) < least;
  }

  #park(member: M, limit: RateLimit, nowMs: number): void {
    if (this.#waiting.get(member) !== limit) {
      this.#forget(member, nowMs);
      this.#waiting.set(member, limit);
      this.#queues.getOrInsertComputed(limit, () => new Set()).add(member);
      limit.use.wait(1, nowMs);
      this.#say(member, limit, PAUSED);
    }
    this.#alarm.by(limit.dueMs);
  }

  #say({ id }: M, { rule }: RateLimit, message: string): void {
    const { name, rateBytes } = rule;
    this.#parts.log.warn(name, { rule: name, source: id, rateBytes }, message);
  }

  /** The log waits no more, and has no turn either. */
  leave(member: M, nowMs: number): void {
    const limit = this.#forget(member, nowMs);
    if (limit !== null && this.#queues.has(limit)) this.#alarm.by(limit.dueMs);
  }

  /** Returns the limit that it has waited for; null when it has not. */
  #forget(member: M, nowMs: number): RateLimit | null {
    const limit = this.#waiting.get(member);
    if (limit === undefined) return null;
    this.#waiting.delete(member);
    limit.use.wait(-1, nowMs);
    const queue = this.#queues.get(limit)!;
    queue.delete(member);
    if (queue.size === 0) this.#queues.delete(limit);
    return limit;
  }

  /** A turn that a log was admitted to is over: the next one of each limit knows now when it is due. */
  served({ limits }: M): void {
    for (const limit of limits) if (this.#queues.has(limit)) this.#alarm.by(limit.dueMs);
  }

  /** Resumes logs as they become due, until `stop` aborts. */
  async run(stop: AbortSignal): Promise<void> {
    for (;;) {
      await this.#alarm.wait(stop);
      if (stop.aborted) return;
      const nowMs = this.#parts.clock.monotonic();
      for (const [limit, queue] of this.#queues) this.#resumeFirst(limit, queue, nowMs);
    }
  }

  /** One at a time: what it sends tells when the next one is due. */
  #resumeFirst(limit: RateLimit, queue: Iterable<M>, nowMs: number): void {
    if (limit.dueMs > nowMs) return this.#alarm.by(limit.dueMs);
    for (const member of queue) {
      if (member.state === 'paused') return this.#parts.resume(member);
      if (member.state === 'queued') return;
      this.leave(member, nowMs);
    }
  }
}
