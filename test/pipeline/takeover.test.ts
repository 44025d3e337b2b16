import { readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseCheckpoints } from '../../agent/checkpoint/checkpoint-document.ts';
import type { RunningContainer } from '../../agent/demo/kubelet-log-dir.ts';
import { AgentBench } from '../support/agent-bench.ts';
import { tempDir } from '../support/temp-dir.ts';

const NAMES = { namespace: 'shop', pod: 'cart-7d4', uid: 'u-1', container: 'app' };

/** Where Promtail keeps its positions, and an agent that is told of it. */
async function takingOver(): Promise<{ bench: AgentBench; file: string }> {
  const dir = await tempDir();
  const file = join(dir.path, 'positions.yaml');
  const bench = await AgentBench.create({ config: { import: { promtail_positions: file } } });
  onTestFinished(async () => {
    await bench[Symbol.asyncDispose]();
    await dir[Symbol.asyncDispose]();
  });
  return { bench, file };
}

/** Promtail notes that it has read all that is in the live files. */
function promtailStops({ clock }: AgentBench, file: string, containers: readonly RunningContainer[]): void {
  const lines = containers.map(({ log }) => `  ${log.path}: "${statSync(log.path).size}"\n`);
  writeFileSync(file, `positions:\n${lines.join('')}`);
  utimesSync(file, clock.now() / 1000, clock.now() / 1000);
}

function importedOnDisk({ stateDir }: AgentBench): readonly string[] {
  const document = parseCheckpoints(readFileSync(join(stateDir, 'checkpoints.json')));
  if (document.kind !== 'whole') throw new Error(document.kind);
  return document.checkpoints.imported;
}

describe('import.promtail_positions', () => {
  test('I5 a log goes on where Promtail stopped, over the rotations since; nothing is lost or doubled, and only once is it asked', async () => {
    const { bench, file } = await takingOver();
    const container = bench.logs.start(NAMES);
    for (let n = 0; n < 10; n += 1) container.log.print(`Promtail has sent ${n}\n`);
    await bench.clock.advance(1000);
    promtailStops(bench, file, [container]);
    await bench.clock.advance(60_000);
    for (let rotations = 0; rotations < 3; rotations += 1) {
      for (let n = 0; n < 10; n += 1) bench.print(container, `after ${rotations} rotations ${n}`);
      await bench.clock.advance(10_000);
      container.log.rotate();
    }
    bench.print(container, 'live');
    await bench.start();
    await bench.allStored();
    expect(bench.stored).toStrictEqual(bench.printed);
    await bench.stop();
    expect(importedOnDisk(bench)).toStrictEqual([`promtail_positions:${file}`]);

    const later = bench.logs.start({ ...NAMES, container: 'later' });
    for (const one of [container, later]) bench.print(one, 'printed while away');
    await bench.clock.advance(1000);
    promtailStops(bench, file, [container, later]);
    await bench.clock.advance(1000);
    await bench.start();
    await bench.allStored();
    expect(bench.stored).toStrictEqual(bench.printed);
  });

  test.each([
    ['malformed', 'positions: [nothing', 'malformed'],
    ['missing', null, 'missing'],
  ])('a file that is %s is reported, and logs are read from their start', async (_, text, reason) => {
    const { bench, file } = await takingOver();
    const container = bench.logs.start(NAMES);
    bench.print(container, 'first');
    container.log.rotate();
    bench.print(container, 'second');
    if (text !== null) writeFileSync(file, text);
    await bench.start();
    await bench.allStored();
    expect(bench.stored).toStrictEqual(bench.printed);
    const message = 'positions of another agent cannot be taken over; logs are begun as without them';
    expect(bench.log.said.filter((said) => said.message === message)).toMatchObject([{ level: 'warn', fields: { file, reason } }]);
    await bench.stop();
    expect(importedOnDisk(bench)).toStrictEqual([]);
  });
});
