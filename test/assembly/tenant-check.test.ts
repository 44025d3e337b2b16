import { describe, expect, onTestFinished, test } from 'vitest';
import type { TenantsAnswer } from '../../agent/outputs/loki/ask-tenants.ts';
import { Backoff } from '../../agent/runtime/backoff.ts';
import { TenantCheck } from '../../agent/assembly/tenant-check.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { LogRecorder } from '../support/log-recorder.ts';

function startCheck(...answers: TenantsAnswer[]) {
  const clock = new FakeClock({ random: [0.5, 0.5, 0.5, 0.5] });
  const recorder = new LogRecorder();
  const askedAt: number[] = [];
  const check = new TenantCheck({
    output: 'loki.audit',
    tenant: 'audit',
    ask: () => {
      askedAt.push(clock.monotonic());
      return Promise.resolve(answers.shift() ?? 'later');
    },
    backoff: new Backoff(clock, 1000, 4000),
    clock,
    log: recorder.throttled(clock),
  });
  onTestFinished(() => check[Symbol.asyncDispose]());
  check.start();
  return { check, clock, recorder, askedAt };
}

describe(TenantCheck, () => {
  test('a store that keeps tenants together is said once: what it is, what follows, what to do', async () => {
    const { check, clock, recorder, askedAt } = startCheck('together');
    expect(check.separated).toBeNull();
    await clock.advance(86_400_000);
    expect([check.separated, askedAt]).toStrictEqual([false, [0]]);
    const [{ level, message, fields }, ...more] = recorder.said as [(typeof recorder.said)[0]];
    expect([level, fields, more]).toStrictEqual(['warn', { output: 'loki.audit', tenant: 'audit' }, []]);
    for (const part of ['auth_enabled: false', 'beside all other logs', 'deleted when those are', 'set auth_enabled: true'])
      expect(message).toContain(part);
  });

  test.each<[TenantsAnswer, boolean | null]>([
    ['separated', true],
    ['unknown', null],
  ])('%s: nothing is said, and nobody is asked again', async (answer, separated) => {
    const { check, clock, recorder, askedAt } = startCheck(answer);
    await clock.advance(86_400_000);
    expect([check.separated, recorder.said, askedAt]).toStrictEqual([separated, [], [0]]);
  });

  test('a store that does not answer is asked again, with patience, until it does', async () => {
    const { check, clock, recorder, askedAt } = startCheck('later', 'later', 'later', 'later', 'together');
    await clock.advance(86_400_000);
    expect(askedAt).toStrictEqual([0, 500, 1500, 3500, 5500]);
    expect([check.separated, recorder.said.length]).toStrictEqual([false, 1]);
  });

  test('ends at once when it is disposed of, started or not', async () => {
    const { check, clock, askedAt } = startCheck();
    await clock.advance(100);
    await check[Symbol.asyncDispose]();
    await clock.advance(86_400_000);
    expect([clock.sleeping, askedAt]).toStrictEqual([[], [0]]);
    const parts = { output: 'o', tenant: null, ask: () => Promise.resolve('later' as const), backoff: new Backoff(clock, 1, 1), clock };
    await using _ = new TenantCheck({ ...parts, log: new LogRecorder().throttled(clock) });
  });
});
