import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { RunningContainer } from '../../agent/demo/kubelet-log-dir.ts';
import { AgentBench } from '../support/agent-bench.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FakeLoki } from '../support/fake-loki.ts';

const FAST = { reload: { interval_seconds: 1 }, limits: { memory_bytes: 4_194_304, drain_seconds: 2 } };
const ROOMY = { ...FAST, limits: { memory_bytes: 16_777_216 } };
const OUTPUT = { batch_bytes: 65_536, backoff: { min_seconds: 0.1, max_seconds: 1 } };
const IN_FORCE = 'a changed configuration is in force; no position has moved';
/** Nothing that compresses: most of what is printed stays unread while a store is down. */
const NOISE = randomBytes(750_000).toString('base64');

function startPod(bench: AgentBench, name: string): RunningContainer {
  return bench.logs.start({ namespace: 'shop', pod: name, uid: `u-${name}`, container: name });
}

function print(bench: AgentBench, container: RunningContainer, lines: number): void {
  for (let n = 0; n < lines; n += 1) bench.print(container, `${n} ${NOISE.slice(n * 100, n * 100 + 1000)}`);
}

function changes(bench: AgentBench): number {
  return bench.log.messages.filter((message) => message === IN_FORCE).length;
}

function linesOf(loki: FakeLoki): string[] {
  return loki
    .entries()
    .map(({ line }) => line.toString())
    .toSorted();
}

function printedLines(bench: AgentBench): string[] {
  return [...bench.printed.values()].flat().toSorted();
}

function deferred(bench: AgentBench): Promise<number> {
  return bench.globalMetric('logferry_config_deferred_parts');
}

describe('an output', () => {
  test('I5 whose address was wrong gets all that was held for it, a deleted file too', async () => {
    const clock = new FakeClock();
    await using right = await FakeLoki.start({ clock, deduplicate: false });
    await using bench = await AgentBench.create({ config: FAST, output: OUTPUT, clock });
    const container = startPod(bench, 'short');
    await bench.loki.down();
    await bench.start();
    print(bench, container, 500);
    await bench.until(async () => (await bench.metric('logferry_in_flight_bytes')) > 100_000);
    bench.logs.removePod(container);
    await bench.until(async () => (await bench.metric('logferry_deleted_bytes')) > 100_000);
    bench.configure({ config: FAST, output: { ...OUTPUT, url: right.pushUrl } });
    await bench.until(() => changes(bench) === 1 && right.counts.stored >= 500);
    expect(linesOf(right)).toStrictEqual(printedLines(bench));
  });

  test('I5 whose batches change is built anew once no deleted file is held for it, and nothing is lost or doubled', async () => {
    await using bench = await AgentBench.create({ config: FAST, output: OUTPUT, loki: { deduplicate: false } });
    const [short, long] = [startPod(bench, 'short'), startPod(bench, 'long')];
    await bench.loki.down();
    await bench.start();
    print(bench, short, 500);
    print(bench, long, 100);
    await bench.until(async () => (await bench.metric('logferry_in_flight_bytes')) > 100_000);
    bench.logs.removePod(short);
    await bench.until(async () => (await bench.metric('logferry_deleted_bytes')) > 100_000);
    bench.configure({ config: FAST, output: { ...OUTPUT, batch_bytes: 131_072 } });
    await bench.until(() => changes(bench) === 1);
    expect(await deferred(bench)).toBe(1);
    await bench.loki.up();
    await bench.until(async () => (await deferred(bench)) === 0);
    expect(await bench.metric('logferry_output_batch_target_bytes')).toBe(131_072);
    print(bench, long, 100);
    await bench.allStored();
    expect(bench.stored).toStrictEqual(bench.printed);
    expect(await bench.metric('logferry_ledger_unbalanced_bytes')).toBe(0);
  });

  test('I5 whose store refuses it is built anew with another tenant, and what was held for it is read again', async () => {
    await using bench = await AgentBench.create({ config: FAST, output: { ...OUTPUT, tenant: 'wrong' }, loki: { deduplicate: false } });
    const container = startPod(bench, 'app');
    bench.loki.fault(
      { kind: 'answer', status: 401 },
      { times: Number.POSITIVE_INFINITY, when: ({ headers }) => headers['x-scope-orgid'] === 'wrong' },
    );
    await bench.start();
    print(bench, container, 200);
    await bench.until(() => bench.log.messages.some((message) => message.startsWith('the store refuses this agent')));
    bench.configure({ config: FAST, output: { ...OUTPUT, tenant: 'right' } });
    await bench.allStored();
    expect(bench.stored).toStrictEqual(bench.printed);
    expect(await deferred(bench)).toBe(0);
  });

  test('more reads what is on disk, one less is gone, and the others go on as they are', async () => {
    const clock = new FakeClock();
    await using second = await FakeLoki.start({ clock, deduplicate: false });
    await using bench = await AgentBench.create({ config: ROOMY, output: OUTPUT, clock });
    const container = startPod(bench, 'app');
    await bench.start();
    print(bench, container, 100);
    await bench.allStored();
    const otherOutputs = [{ name: 'second', type: 'loki', url: second.pushUrl }];
    bench.configure({ config: ROOMY, output: OUTPUT, otherOutputs });
    await bench.until(() => second.counts.stored >= 100);
    print(bench, container, 100);
    await bench.until(() => second.counts.stored >= 200);
    bench.configure({ config: ROOMY, output: OUTPUT });
    await bench.until(() => changes(bench) === 2);
    print(bench, container, 100);
    await bench.allStored();
    expect(bench.stored).toStrictEqual(bench.printed);
    expect(second.counts.stored).toBe(200);
    expect((await bench.page('/metrics')).body).not.toContain('output="second"');
  });
});

test('server.listen moves, and one that is taken is a reason to refuse', async () => {
  await using bench = await AgentBench.create({ config: ROOMY });
  await bench.start();
  await using taken = await FakeLoki.start();
  const port = new URL(taken.pushUrl).port;
  bench.configure({ config: { ...FAST, server: { listen: `127.0.0.1:${port}` } } });
  await bench.until(() => bench.log.messages.some((message) => message.includes('is refused')));
  expect(bench.log.said.findLast(({ level }) => level === 'error')?.fields).toMatchObject({
    reasons: [`server.listen: 127.0.0.1:${port} cannot be listened on: EADDRINUSE`],
  });
});
