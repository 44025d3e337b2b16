import { mkdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AgentBench } from '../support/agent-bench.ts';
import { mayMount, Mount } from '../support/mounts.ts';

const NAMES = { namespace: 'shop', pod: 'cart-7d4', uid: 'u-1', container: 'app' };

/** Sources with a position on disk. */
function sourcesOnDisk({ stateDir }: AgentBench): string[] {
  const { state } = JSON.parse(readFileSync(join(stateDir, 'checkpoints.json'), 'utf8')) as { state: { outputs: { loki: object } } };
  return Object.keys(state.outputs.loki);
}

async function isReady(bench: AgentBench): Promise<boolean> {
  return (await bench.page('/readyz')).status === 200;
}

function stateDirIsAFile({ stateDir }: AgentBench): void {
  rmdirSync(stateDir);
  writeFileSync(stateDir, '');
}

/** An agent that delivers, turns unready, is repaired, and goes on from its positions after a restart. */
async function survives(bench: AgentBench, { why, repair }: { why: RegExp; repair: () => void }): Promise<void> {
  const container = bench.logs.start(NAMES);
  bench.print(container, 'before the start');
  await bench.start();
  await bench.allStored();
  expect(await bench.page('/readyz')).toStrictEqual({ status: 200, body: 'ready\noutput loki: reachable\n' });
  await bench.clock.advance(31_000);
  await bench.until(async () => !(await isReady(bench)));
  const { body } = await bench.page('/readyz');
  expect(body).toMatch(
    /^not ready: positions cannot be written for \d+ s \(.*\), a restart would repeat entries; free or repair state_dir\n/,
  );
  expect(body).toMatch(why);
  expect((await bench.page('/healthz')).status).toBe(200);
  bench.print(container, 'while positions cannot be written');
  await bench.allStored();
  repair();
  await bench.until(() => isReady(bench));
  expect(bench.log.messages).toContain('checkpoints are written again');
  expect(sourcesOnDisk(bench)).toHaveLength(1);
  await bench.stop();
  await bench.start();
  bench.print(container, 'after a restart');
  await bench.allStored();
  await bench.stop();
  expect(bench.stored).toStrictEqual(bench.printed);
}

describe('I8 a state directory that cannot be used from the start', () => {
  test('a file in its place', async () => {
    await using bench = await AgentBench.create();
    stateDirIsAFile(bench);
    await survives(bench, { why: /EEXIST/, repair: () => rmSync(bench.stateDir) });
    expect(bench.log.said[0]).toMatchObject({ level: 'warn', fields: { code: 'EEXIST' } });
  });

  test.skipIf(!mayMount())('read-only', async () => {
    await using bench = await AgentBench.create();
    using mount = Mount.readOnly(bench.stateDir);
    await survives(bench, { why: /EROFS: read-only file system/, repair: () => mount.unmount() });
  });

  test('never repaired: everything is delivered, and the agent stops as it should', async () => {
    await using bench = await AgentBench.create();
    stateDirIsAFile(bench);
    const container = bench.logs.start(NAMES);
    bench.print(container, 'line');
    await bench.start();
    await bench.allStored();
    await bench.stop();
    expect(bench.log.messages.at(-1)).toBe('agent stopped');
  });
});

test('I8 a state directory that is removed and made again while the agent runs: positions are there again', async () => {
  await using bench = await AgentBench.create();
  const container = bench.logs.start(NAMES);
  bench.print(container, 'line');
  await bench.start();
  await bench.allStored();
  renameSync(bench.stateDir, `${bench.stateDir}.gone`);
  mkdirSync(bench.stateDir);
  await bench.until(() => {
    try {
      return sourcesOnDisk(bench).length === 1;
    } catch {
      return false;
    }
  });
  await bench.until(() => isReady(bench));
});
