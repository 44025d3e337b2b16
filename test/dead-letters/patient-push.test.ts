import { describe, expect, test } from 'vitest';
import { type PushAnswer, patientPush } from '../../agent/dead-letters/patient-push.ts';
import type { Verdict } from '../../agent/model/verdict.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { MemoryOutput, refused, retry, STORED } from '../support/memory-output.ts';

/** Pushes one line to a store with these verdicts, the last of them for ever, and lets `ms` go by. */
async function push(
  verdicts: readonly Verdict[],
  ms: number,
): Promise<{ answer: PushAnswer | undefined; delaysMs: number[]; pushes: number }> {
  const clock = new FakeClock({ random: [0.5, 0.5, 0.5] });
  const output = new MemoryOutput(({ signal }) => {
    if (signal.aborted) throw new Error('pushed after the end');
    return verdicts[output.requests.length - 1] ?? verdicts.at(-1)!;
  });
  const delaysMs: number[] = [];
  const patience = { clock, backoffMinMs: 1000, backoffMaxMs: 8000, onRetry: (_: string, delayMs: number) => void delaysMs.push(delayMs) };
  let answer: PushAnswer | undefined;
  void patientPush(output, Buffer.from('a\tline\n'), patience, new AbortController().signal).then((given) => (answer = given));
  await clock.advance(ms);
  return { answer, delaysMs, pushes: output.requests.length };
}

describe(patientPush, () => {
  test('passes on what the store has decided', async () => {
    expect(await push([STORED], 0)).toMatchObject({ answer: { kind: 'stored' }, pushes: 1 });
    expect(await push([refused()], 0)).toMatchObject({ answer: { kind: 'refused', reason: 'invalid' }, pushes: 1 });
  });

  test('waits longer and longer, and as long as the store asks for', async () => {
    const { answer, delaysMs } = await push([retry(), retry(), retry(5000), STORED], 6500);
    expect(delaysMs).toStrictEqual([500, 1000, 5000]);
    expect(answer).toMatchObject({ kind: 'stored' });
  });

  test('gives up on a store that takes nothing for a minute', async () => {
    const { answer, pushes } = await push([retry()], 60_000);
    expect(answer).toStrictEqual({ kind: 'ended', why: 'HTTP 503: sorry' });
    expect(pushes).toBeGreaterThan(8);
    expect((await push([retry(61_000)], 0)).answer).toStrictEqual({ kind: 'ended', why: 'HTTP 503: sorry' });
  });

  test("does not wait for what is the operator's to mend", async () => {
    const verdict = { kind: 'misconfigured', reason: 'unauthorized', detail: 'HTTP 401: who?' } as const;
    expect((await push([verdict], 0)).answer).toStrictEqual({ kind: 'ended', why: 'HTTP 401: who?' });
  });

  test.each([STORED, refused(), retry()])('I7 after a stop only %j counts if it is good', async (verdict) => {
    const stop = new AbortController();
    const output = new MemoryOutput(() => {
      stop.abort();
      return verdict;
    });
    const patience = { clock: new FakeClock(), backoffMinMs: 1, backoffMaxMs: 1, onRetry: () => undefined };
    const answer = await patientPush(output, Buffer.from('a\tline\n'), patience, stop.signal);
    expect(answer).toStrictEqual(verdict.kind === 'stored' ? STORED : { kind: 'ended', why: null });
    expect(await patientPush(output, Buffer.alloc(0), patience, stop.signal)).toStrictEqual({ kind: 'ended', why: null });
    expect(output.requests).toHaveLength(1);
  });
});
