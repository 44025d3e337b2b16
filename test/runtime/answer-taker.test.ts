import { describe, expect, test } from 'vitest';
import { AnswerTaker } from '../../agent/runtime/answer-taker.ts';
import { FakeClock } from '../support/fake-clock.ts';

const NEVER = new AbortController().signal;

/** What undici's does, which hands on nothing more while it is paused. */
class ScriptedExchange {
  readonly aborted: Error[] = [];
  isPaused = false;
  readonly #waiting: Buffer[] = [];
  #taker: AnswerTaker | null = null;

  /** Begins an answer. */
  begin(taker: AnswerTaker): void {
    this.#taker = taker;
    taker.onRequestStart(this);
    taker.onResponseStart(this, 200, {});
  }

  send(text: string): void {
    this.#waiting.push(Buffer.from(text));
    this.#handOn();
  }

  abort(reason: Error): void {
    this.aborted.push(reason);
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
    this.#handOn();
  }

  #handOn(): void {
    while (!this.isPaused && this.#waiting.length > 0) this.#taker!.onResponseData(this, this.#waiting.shift()!);
  }
}

describe(AnswerTaker, () => {
  test('hands on chunks with their status until the answer ends', async () => {
    const seen: string[] = [];
    const taker = new AnswerTaker((chunk, status) => seen.push(`${status} ${chunk.toString()}`) > 0, NEVER);
    const exchange = new ScriptedExchange();
    taker.onRequestStart(exchange);
    taker.onResponseStart(exchange, 429, { 'retry-after': '7' });
    for (const text of ['a', 'b']) taker.onResponseData(exchange, Buffer.from(text));
    taker.onResponseEnd();
    expect(await taker.answer).toStrictEqual({ status: 429, retryAfter: '7' });
    expect([seen, exchange.aborted]).toStrictEqual([['429 a', '429 b'], []]);
  });

  test('ends the exchange when no more is wanted, which is no failure', async () => {
    const taker = new AnswerTaker(() => false, NEVER);
    const exchange = new ScriptedExchange();
    taker.onRequestStart(exchange);
    taker.onResponseStart(exchange, 200, { 'retry-after': ['1', '2'] });
    taker.onResponseData(exchange, Buffer.from('a'));
    taker.onResponseError(exchange, new Error('aborted'));
    expect(await taker.answer).toStrictEqual({ status: 200, retryAfter: null });
    expect(exchange.aborted).toHaveLength(1);
  });

  test('I7 an aborted signal ends the exchange at once, begun or not', async () => {
    const stop = new AbortController();
    const [begun, waiting] = [new AnswerTaker(() => true, stop.signal), new AnswerTaker(() => true, stop.signal)];
    const [exchange, late] = [new ScriptedExchange(), new ScriptedExchange()];
    begun.onRequestStart(exchange);
    stop.abort();
    for (const taker of [begun, waiting, new AnswerTaker(() => true, stop.signal)])
      await expect(taker.answer).rejects.toBe(stop.signal.reason as Error);
    waiting.onRequestStart(late);
    expect([exchange.aborted, late.aborted]).toStrictEqual([[stop.signal.reason], [stop.signal.reason]]);
  });

  test('says why there is no answer', async () => {
    const taker = new AnswerTaker(() => true, NEVER);
    taker.onResponseError(null, new Error('ECONNREFUSED'));
    await expect(taker.answer).rejects.toThrow('ECONNREFUSED');
  });

  test('what comes in small pieces is handed on together, after a pause that the first of them begins', async () => {
    const clock = new FakeClock();
    const seen: string[] = [];
    const exchange = new ScriptedExchange();
    const taker = new AnswerTaker((chunk) => seen.push(chunk.toString()) > 0, NEVER, { pauseMs: 100, clock });
    exchange.begin(taker);
    // All of a stream that goes on without a pause of its own.
    for (let n = 0; n < 3; n += 1) exchange.send(`first ${n}`);
    expect([seen.length, exchange.isPaused]).toStrictEqual([3, false]);
    await clock.advance(1000);
    for (let n = 0; n < 3; n += 1) exchange.send(`${n}`);
    await clock.advance(99);
    expect(seen.slice(3)).toStrictEqual(['0']);
    await clock.advance(1);
    expect(seen.slice(3)).toStrictEqual(['0', '1', '2']);
    for (let n = 0; n < 100; n += 1) {
      exchange.send(`later ${n}`);
      await clock.advance(20);
    }
    await clock.advance(100);
    expect(seen.slice(6)).toStrictEqual(Array.from({ length: 100 }, (_, n) => `later ${n}`));
    // Two seconds of events, and no more pauses than fit in.
    expect(clock.wakeUps).toBeLessThanOrEqual(20);
    taker.onResponseEnd();
    const { wakeUps } = clock;
    await clock.advance(10_000);
    expect(clock.wakeUps).toBe(wakeUps);
  });

  test('I7 a pause does not outlast the signal, and no answer is resumed that has ended', async () => {
    const clock = new FakeClock();
    const stop = new AbortController();
    const exchange = new ScriptedExchange();
    const taker = new AnswerTaker(() => true, stop.signal, { pauseMs: 100, clock });
    exchange.begin(taker);
    await clock.advance(1000);
    exchange.send('a');
    expect([exchange.isPaused, clock.sleeping]).toStrictEqual([true, [100]]);
    stop.abort();
    await expect(taker.answer).rejects.toBe(stop.signal.reason as Error);
    await clock.advance(1000);
    expect([exchange.isPaused, exchange.aborted, clock.sleeping]).toStrictEqual([true, [stop.signal.reason], []]);
  });
});
