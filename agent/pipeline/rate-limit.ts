import { ByteRate, type RateAccount } from '../deliver/byte-rate.ts';
import type { RateRule } from '../model/rate-rule.ts';
import type { LimitUse } from './limit-use.ts';

/** A log that has something to send gets a turn once it may send what comes together in this time, and so much: each turn reads a chunk. */
const TURN_SECONDS = 0.25;
const LEAST_TURN_BYTES = 16_384;

/** What a rule lets through of one container, or of all containers of a namespace together. */
export class RateLimit implements RateAccount {
  readonly rule: RateRule;
  readonly use: LimitUse;
  readonly #rate: ByteRate;
  readonly #turnBytes: number;
  paidUntilMs = 0;

  constructor(rule: RateRule, use: LimitUse) {
    const { rateBytes, burstBytes } = rule;
    this.rule = rule;
    this.use = use;
    this.#rate = new ByteRate(rateBytes, burstBytes);
    this.#turnBytes = Math.min(burstBytes, Math.max(rateBytes * TURN_SECONDS, LEAST_TURN_BYTES));
  }

  /** When a log may have its next turn; monotonic. */
  get dueMs(): number {
    return this.#rate.readyMs(this, this.#turnBytes);
  }

  /** How much that turn may send; what is begun is ended, and the rest is owed. */
  sendableBytes(nowMs: number): number {
    return this.#rate.freeBytes(this, nowMs);
  }

  sent(bytes: number, nowMs: number): void {
    this.#rate.charge(this, bytes, nowMs);
  }

  /** It does not matter whether it is forgotten. */
  isIdle(nowMs: number): boolean {
    return this.use.waiting === 0 && this.paidUntilMs <= nowMs;
  }
}
