import { describe, expect, onTestFinished, test } from 'vitest';
import { Namespaces, type NamespaceServer } from '../../agent/kubernetes/namespaces.ts';
import { trouble } from '../../agent/kubernetes/trouble.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { LogRecorder } from '../support/log-recorder.ts';

type Answer = Awaited<ReturnType<NamespaceServer['namespaceLabels']>>;

const PROD: Answer = { kind: 'labels', labels: { env: 'prod' } };
const OPTIONS = { waitMs: 5000, keepMs: 100_000 };

/** Namespaces of a server that answers with `answers` in turn, and with the last one from then on. */
function namespacesOf(...answers: Answer[]): { namespaces: Namespaces; clock: FakeClock; asked: string[]; log: LogRecorder } {
  const clock = new FakeClock();
  const log = new LogRecorder();
  const asked: string[] = [];
  const server: NamespaceServer = {
    namespaceLabels(name) {
      asked.push(name);
      return Promise.resolve(answers.length > 1 ? answers.shift()! : answers[0]!);
    },
  };
  const namespaces = new Namespaces(server, OPTIONS, { clock, log: log.throttled(clock) });
  const stop = new AbortController();
  const done = namespaces.run(stop.signal);
  onTestFinished(async () => {
    stop.abort();
    await done;
  });
  return { namespaces, clock, asked, log };
}

describe(Namespaces, () => {
  test('are asked for once, when somebody wants to know', async () => {
    const { namespaces, clock, asked } = namespacesOf(PROD);
    await clock.advance(1000);
    expect(asked).toStrictEqual([]);
    expect(namespaces.labelsOf('shop')).toBe('later');
    expect(namespaces.labelsOf('dev')).toBe('later');
    await clock.advance(0);
    expect(namespaces.labelsOf('shop')).toStrictEqual({ env: 'prod' });
    await clock.advance(60_000);
    expect(namespaces.labelsOf('shop')).toStrictEqual({ env: 'prod' });
    await clock.advance(0);
    expect(asked).toStrictEqual(['shop', 'dev']);
  });

  test('are asked for anew after a while, those that nobody wants any more are forgotten, and meanwhile the old ones hold', async () => {
    const { namespaces, clock, asked } = namespacesOf(PROD, PROD, trouble('network', 'down'), { kind: 'labels', labels: { env: 'test' } });
    namespaces.labelsOf('shop');
    namespaces.labelsOf('dev');
    await clock.advance(0);
    await clock.advance(OPTIONS.keepMs * 1.25);
    expect(namespaces.labelsOf('shop')).toStrictEqual({ env: 'prod' });
    await clock.advance(0);
    expect(namespaces.labelsOf('shop')).toStrictEqual({ env: 'prod' });
    await clock.advance(60_000);
    expect(namespaces.labelsOf('shop')).toStrictEqual({ env: 'test' });
    expect(asked).toStrictEqual(['shop', 'dev', 'shop', 'shop']);
    expect(namespaces.labelsOf('dev')).toBe('later');
  });

  test('a server that refuses is waited for no longer than was said, asked less and less often, and named', async () => {
    const { namespaces, clock, asked, log } = namespacesOf(trouble('refused', '403: forbidden'));
    expect(namespaces.labelsOf('shop')).toBe('later');
    await clock.advance(OPTIONS.waitMs);
    expect(namespaces.labelsOf('shop')).toBe('unknown');
    await clock.advance(55_000);
    expect(asked.length).toBeGreaterThan(3);
    expect(asked.length).toBeLessThan(20);
    expect(log.messages).toStrictEqual(['the API server refuses to tell of namespaces; give the service account the right to get them']);
  });
});
