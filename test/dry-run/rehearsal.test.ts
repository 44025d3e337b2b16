import { mkdirSync, realpathSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseConfig } from '../../agent/config/load.ts';
import { sourceOfId } from '../../agent/discover/log-path.ts';
import { DryRun } from '../../agent/dry-run/dry-run.ts';
import { Rehearsal, type RehearsalParts } from '../../agent/dry-run/rehearsal.ts';
import { systemClock } from '../../agent/runtime/clock.ts';
import { systemFiles } from '../../agent/runtime/file-system.ts';
import { Descriptors } from '../../agent/tail/descriptors.ts';
import { tempDir } from '../support/temp-dir.ts';

const OUTPUTS = [
  { name: 'loki', type: 'loki', url: 'http://loki/push', tenant: 'a' },
  { name: 'spare', type: 'loki', url: 'http://spare/push' },
];

async function rehearsal(
  written: object,
  lines: Readonly<Record<string, readonly string[]>>,
  parts: Partial<RehearsalParts> = {},
): Promise<Rehearsal> {
  const dir = await tempDir();
  onTestFinished(() => dir[Symbol.asyncDispose]());
  const podsDir = join(realpathSync.native(dir.path), 'pods');
  const sources = Object.entries(lines).map(([container, texts]) => {
    const id = `shop_cart_u-1/${container}/0`;
    const path = join(podsDir, `${id}.log`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, texts.map((text) => `2024-05-01T12:00:00.000000001Z stdout F ${text}\n`).join(''));
    return { ...sourceOfId(id)!, path };
  });
  const loaded = parseConfig('test', JSON.stringify({ outputs: OUTPUTS, kubernetes: { enabled: false }, ...written }), {
    env: {},
    hostname: 'n',
  });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const { config } = loaded;
  const dryRun = new DryRun(config, systemClock);
  const opening = { roots: [podsDir], pods: podsDir, descriptors: new Descriptors(10, systemClock), fs: systemFiles };
  const run: RehearsalParts['run'] = (output, log) => dryRun.run(output, log);
  const made = new Rehearsal({ config, sources, pods: null, opening, clock: systemClock, run, ...parts });
  await made.run();
  return made;
}

function failing(): never {
  throw new Error('no such slot');
}

describe(Rehearsal, () => {
  const LINES = { app: ['level=info a', 'level=debug b', 'level=debug c'], side: ['level=debug d'] };

  test('counts what would be sent where and what would be left out, and names logs of which nothing would be', async () => {
    const { faults, findings } = await rehearsal({ stages: [{ level: { drop: ['debug'] } }] }, LINES);
    expect(faults).toStrictEqual([]);
    expect(findings).toStrictEqual({
      sample: { logs: 2, excludedLogs: 0, lines: 8, leftOut: 6, sent: { 'loki as a': 1, spare: 1 } },
      nothingSentOf: ['shop_cart_u-1/side/0'],
    });
  });

  test('counts logs that would not be read', async () => {
    const { findings } = await rehearsal({ containers: { exclude: [{ container: 'side' }] } }, LINES);
    expect(findings).toStrictEqual({ sample: { logs: 2, excludedLogs: 1, lines: 6, leftOut: 0, sent: { 'loki as a': 3, spare: 3 } } });
  });

  test('looks at no more logs than sample_bytes has room for', async () => {
    expect((await rehearsal({ reload: { sample_bytes: 65_536 } }, LINES)).findings).toMatchObject({ sample: { logs: 1 } });
    expect((await rehearsal({ reload: { sample_bytes: 0 } }, LINES)).findings).toMatchObject({ sample: { logs: 0 } });
  });

  test('what cannot be handled is a fault that names the log and the output', async () => {
    const { faults } = await rehearsal({ outputs: OUTPUTS.slice(0, 1) }, { app: ['a'] }, { run: failing });
    expect(faults).toStrictEqual(['the newest lines of shop_cart_u-1/app/0 cannot be handled for output loki: Error: no such slot']);
  });
});
