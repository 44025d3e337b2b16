import { describe, expect, test } from 'vitest';
import { AnswerTaker } from '../../agent/runtime/answer-taker.ts';

const NEVER = new AbortController().signal;

function exchangeOf(): { aborted: Error[]; abort: (reason: Error) => void } {
  const aborted: Error[] = [];
  return { aborted, abort: (reason) => aborted.push(reason) };
}

describe(AnswerTaker, () => {
  test('hands on chunks with their status until the answer ends', async () => {
    const seen: string[] = [];
    const taker = new AnswerTaker((chunk, status) => seen.push(`${status} ${chunk.toString()}`) > 0, NEVER);
    const exchange = exchangeOf();
    taker.onRequestStart(exchange);
    taker.onResponseStart(exchange, 429, { 'retry-after': '7' });
    for (const text of ['a', 'b']) taker.onResponseData(exchange, Buffer.from(text));
    taker.onResponseEnd();
    expect(await taker.answer).toStrictEqual({ status: 429, retryAfter: '7' });
    expect([seen, exchange.aborted]).toStrictEqual([['429 a', '429 b'], []]);
  });

  test('ends the exchange when no more is wanted, which is no failure', async () => {
    const taker = new AnswerTaker(() => false, NEVER);
    const exchange = exchangeOf();
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
    const [exchange, late] = [exchangeOf(), exchangeOf()];
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
});
