import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { STDERR, STDOUT } from '../../agent/model/record.ts';
import { AgentBench } from '../support/agent-bench.ts';

const NAMES = { namespace: 'shop', pod: 'cart-7d4', uid: 'u-1' };

/** Where the only source's stdout resumes after a crash now; -1 before the first checkpoint, and while one generation takes the other's place. */
function offsetOnDisk({ stateDir }: AgentBench): number {
  try {
    const text = readFileSync(join(stateDir, 'checkpoints.json'), 'utf8');
    const { state } = JSON.parse(text) as { state: { outputs: { loki: Record<string, { channels: [{ offset: number }, unknown] }> } } };
    return Object.values(state.outputs.loki)[0]?.channels[0].offset ?? -1;
  } catch {
    return -1;
  }
}

describe('the composed agent', () => {
  test('I2 I5 ships every line of every container once, in order per channel, with labels and metadata', async () => {
    await using bench = await AgentBench.create();
    const containers = ['web', 'db'].map((container) => bench.logs.start({ ...NAMES, container }));
    for (const container of containers) bench.print(container, 'before the start', STDERR);
    await bench.start();
    for (let n = 0; n < 300; n += 1) {
      for (const container of containers) bench.print(container, `line ${n}`, n % 3 === 0 ? STDERR : STDOUT);
      if (n % 50 === 0) await bench.clock.advance(100);
    }
    await bench.allStored();
    expect(bench.stored).toStrictEqual(bench.printed);
    const [entry] = bench.loki.entries({ container: 'db', stream: 'stderr' });
    expect(entry?.stream.labels).toStrictEqual({
      namespace: 'shop',
      app: 'db',
      container: 'db',
      service_name: 'db',
      job: 'shop/db',
      stream: 'stderr',
      node_name: 'node-1',
    });
    expect(entry?.metadata).toStrictEqual([['pod', 'cart-7d4']]);
    expect([entry?.seconds, entry?.line.toString()]).toStrictEqual([1_714_564_800, 'before the start']);
  });

  test.each(['containerd', 'conmon', 'docker'] as const)(
    'I4 I5 %s: rotations while lines come, long lines that cross them',
    async (runtime) => {
      await using bench = await AgentBench.create({ kubelet: { runtime }, config: { containers: { part_idle_seconds: 3600 } } });
      const container = bench.logs.start({ ...NAMES, container: 'app' });
      await bench.start();
      for (let n = 0; n < 200; n += 1) {
        bench.print(container, n % 20 === 0 ? `line ${n} ${'x'.repeat(50_000)}` : `line ${n}`);
        if (n % 10 === 9) {
          container.log.print('half of ');
          await bench.rotate(container);
          bench.printed.get('app stdout')!.push(`half of ${n}`);
          container.log.print(`${n}\n`);
        }
      }
      await bench.allStored();
      expect(bench.stored).toStrictEqual(bench.printed);
    },
  );

  test('I8 a clean stop and a new start repeat nothing and miss nothing, whatever was printed and rotated in between', async () => {
    await using bench = await AgentBench.create();
    const container = bench.logs.start({ ...NAMES, container: 'app' });
    await bench.start();
    for (let round = 0; round < 3; round += 1) {
      for (let n = 0; n < 100; n += 1) bench.print(container, `round ${round} line ${n}`, n % 2 === 0 ? STDOUT : STDERR);
      await bench.until(async () => (await bench.metric('logferry_unread_bytes')) === 0);
      await bench.stop();
      bench.print(container, `round ${round} while away`);
      container.log.rotate();
      bench.print(container, `round ${round} rotated while away`);
      await bench.start();
    }
    await bench.allStored();
    await bench.stop();
    expect(bench.stored).toStrictEqual(bench.printed);
  });

  test('a container that is started again is a new log, read from its start', async () => {
    await using bench = await AgentBench.create();
    const first = bench.logs.start({ ...NAMES, container: 'app' });
    bench.print(first, 'first');
    await bench.start();
    const second = bench.logs.restart(first);
    bench.print(second, 'second');
    await bench.allStored();
    expect(bench.stored).toStrictEqual(new Map([['app stdout', ['first', 'second']]]));
    expect(await bench.metric('logferry_sources')).toBe(2);
  });

  test('I5 an unfinished line is shipped once its log has been silent for long, marked as partial', async () => {
    await using bench = await AgentBench.create({ config: { containers: { part_idle_seconds: 10 } } });
    const container = bench.logs.start({ ...NAMES, container: 'app' });
    await bench.start();
    container.log.print('x'.repeat(20_000));
    await bench.until(() => bench.loki.counts.stored === 1);
    const [entry] = bench.loki.entries();
    expect([entry?.line.length, entry?.metadata]).toStrictEqual([
      16_384,
      [
        ['pod', 'cart-7d4'],
        ['partial', 'true'],
      ],
    ]);
    expect(bench.clock.monotonic()).toBeGreaterThanOrEqual(10_000);
  });

  test('I8 a corrupt checkpoint is set aside: reading starts anew, the agent runs', async () => {
    await using bench = await AgentBench.create();
    const container = bench.logs.start({ ...NAMES, container: 'app' });
    bench.print(container, 'line');
    writeFileSync(join(bench.stateDir, 'checkpoints.json'), '\0'.repeat(100));
    await bench.start();
    await bench.allStored();
    expect(readFileSync(join(bench.stateDir, 'checkpoints.json.corrupt'), 'utf8')).toBe('\0'.repeat(100));
    expect(bench.log.messages[0]).toMatch(/^a checkpoint file cannot be used/);
  });

  test('I1 what stands on disk is never ahead of what the store has acknowledged', async () => {
    await using bench = await AgentBench.create();
    const container = bench.logs.start({ ...NAMES, container: 'app' });
    bench.print(container, 'stored');
    await bench.start();
    await bench.allStored();
    const gate = Promise.withResolvers<void>();
    bench.loki.fault({ kind: 'slow', delay: gate.promise });
    bench.print(container, 'on its way');
    await bench.until(() => bench.loki.requests.length === 2);
    await bench.clock.advance(5000);
    const firstRecord = '2024-05-01T12:00:00Z stdout F stored\n'.length;
    await bench.until(() => offsetOnDisk(bench) === firstRecord);
    await bench.clock.advance(5000);
    expect(offsetOnDisk(bench)).toBe(firstRecord);
    gate.resolve();
    await bench.until(() => offsetOnDisk(bench) > firstRecord);
  });
});
