import { describe, expect, test } from 'vitest';
import { LimitUse } from '../../agent/pipeline/limit-use.ts';
import { type Pausable, Pauses } from '../../agent/pipeline/pauses.ts';
import { RateLimit } from '../../agent/pipeline/rate-limit.ts';
import type { TailingState } from '../../agent/pipeline/tailing.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { LogRecorder } from '../support/log-recorder.ts';

/** A turn is worth 100 bytes, and comes every 100 ms. */
const RULE = { name: 'limits.rules[0]', rateBytes: 1000, burstBytes: 100, dropBelowSeconds: null };

interface Member extends Pausable {
  state: TailingState;
  readonly limits: readonly RateLimit[];
  /** What it sends in a turn. */
  readonly bytes: number;
}

/** Logs that always have more to send than a turn may. */
class Bench implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly log = new LogRecorder();
  readonly use = new LimitUse();
  /** Whose turns came, in their order. */
  readonly turns: string[] = [];
  readonly lossSeconds = new Map<string, number>();
  readonly pauses: Pauses<Member>;
  readonly #stop = new AbortController();
  readonly #done: Promise<void>;

  constructor() {
    const { clock, lossSeconds } = this;
    this.pauses = new Pauses<Member>({
      clock,
      log: this.log.throttled(clock),
      resume: (member) => this.turn(member),
      secondsUntilLoss: ({ id }) => lossSeconds.get(id) ?? Number.POSITIVE_INFINITY,
    });
    this.#done = this.pauses.run(this.#stop.signal);
  }

  limit(rule: Partial<typeof RULE> | { dropBelowSeconds: number } = {}): RateLimit {
    return new RateLimit({ ...RULE, ...rule }, this.use);
  }

  /** What the pipeline does; a log that has had its turn wants the next one. */
  turn(member: Member): void {
    const nowMs = this.clock.monotonic();
    const aim = this.pauses.admit(member, nowMs);
    if (aim === 'wait') {
      member.state = 'paused';
      return;
    }
    this.turns.push(aim === 'send' ? member.id : `${member.id} ${aim}`);
    for (const limit of member.limits) if (aim === 'send') limit.sent(member.bytes, nowMs);
    this.pauses.served(member);
    member.state = 'resting';
    if (aim === 'send') this.turn(member);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }
}

function member(id: string, ...limits: RateLimit[]): Member {
  return { id, limits, state: 'resting', bytes: 100 };
}

describe(Pauses, () => {
  test('logs of one limit have their turns in the order in which they came, each when what was sent is paid for', async () => {
    await using bench = new Bench();
    const limit = bench.limit();
    for (const id of ['a', 'b', 'c']) bench.turn(member(id, limit));
    expect(bench.turns).toStrictEqual(['a']);
    await bench.clock.advance(99);
    expect(bench.turns).toStrictEqual(['a']);
    await bench.clock.advance(501);
    expect(bench.turns).toStrictEqual(['a', 'a', 'b', 'c', 'a', 'b', 'c']);
    expect(bench.clock.wakeUps).toBeLessThanOrEqual(7);
  });

  test('in the long run exactly the rate is sent, and of it the same by each, however much they write', async () => {
    await using bench = new Bench();
    const limit = bench.limit({ rateBytes: 10_000, burstBytes: 5000 });
    for (const id of ['a', 'b', 'c']) bench.turn({ ...member(id, limit), bytes: 3000 });
    await bench.clock.advance(1000 * 1000);
    const sent = new Map<string, number>();
    for (const id of bench.turns) sent.set(id, (sent.get(id) ?? 0) + 3000);
    const all = [...sent.values()].reduce((sum, bytes) => sum + bytes, 0);
    expect(all).toBeLessThanOrEqual(10_000 * 1000 + 5000 + 3000);
    expect(all).toBeGreaterThan(10_000 * 1000 - 3000);
    expect(Math.max(...sent.values()) - Math.min(...sent.values())).toBeLessThanOrEqual(2 * 3000);
  });

  test('the longest wait is the one that counts, and one that waits for its own limit keeps no other waiting', async () => {
    await using bench = new Bench();
    const shared = bench.limit();
    const slow = member('slow', bench.limit({ rateBytes: 100 }), shared);
    bench.turn(slow);
    bench.turn(member('other', shared));
    await bench.clock.advance(1200);
    expect(bench.turns.filter((id) => id === 'slow')).toHaveLength(2);
    expect(bench.turns.filter((id) => id === 'other').length).toBeGreaterThanOrEqual(8);
  });

  test('one that leaves, first in its queue, keeps the others not waiting', async () => {
    await using bench = new Bench();
    const limit = bench.limit();
    const [a, b, c] = [member('a', limit), member('b', limit), member('c', limit)];
    for (const each of [a, b, c]) bench.turn(each);
    expect(bench.use.status(0).waiting).toBe(3);
    bench.pauses.leave(a, 0);
    bench.pauses.leave(b, 0);
    bench.pauses.leave(b, 0);
    await bench.clock.advance(200);
    expect([bench.turns, bench.use.status(200).waiting]).toStrictEqual([['a', 'c', 'c'], 1]);
    c.state = 'leaving';
    bench.turn(member('d', limit));
    await bench.clock.advance(200);
    expect(bench.turns.slice(3)).toStrictEqual(['d', 'd']);
  });

  test('nobody waits: nothing sleeps', async () => {
    await using bench = new Bench();
    const one = member('one', bench.limit());
    bench.turn(one);
    bench.pauses.leave(one, 0);
    await bench.clock.advance(1000);
    const { wakeUps } = bench.clock;
    await bench.clock.advance(3_600_000);
    expect(bench.clock.wakeUps - wakeUps).toBe(0);
  });

  test('what waits is dropped when it would be lost soon, if the rule says so', async () => {
    await using bench = new Bench();
    const [dropping, patient] = [bench.limit({ dropBelowSeconds: 60 }), bench.limit({ dropBelowSeconds: null })];
    const [a, b] = [member('a', dropping), member('b', patient)];
    for (const each of [a, b]) bench.turn(each);
    expect([bench.pauses.isLate(a), bench.pauses.isLate(b)]).toStrictEqual([false, false]);
    bench.lossSeconds.set('a', 59).set('b', 0);
    expect([bench.pauses.isLate(a), bench.pauses.isLate(b)]).toStrictEqual([true, false]);
    bench.turn(a);
    bench.turn(b);
    expect(bench.turns).toStrictEqual(['a', 'b', 'a drop']);
    expect(bench.log.messages).toStrictEqual([
      expect.stringContaining('waits on disk'),
      expect.stringContaining('is dropped before the kubelet deletes it'),
    ]);
  });

  test('the time that logs wait is added up while they do', async () => {
    await using bench = new Bench();
    const limit = bench.limit({ rateBytes: 1 });
    bench.turn(member('a', limit));
    bench.turn(member('b', limit));
    await bench.clock.advance(10_000);
    expect(bench.use.status(bench.clock.monotonic())).toStrictEqual({ waiting: 2, pausedSeconds: 20, droppedBytes: 0 });
  });
});
