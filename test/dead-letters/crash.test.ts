import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { takenFile } from '../../agent/deliver/letter-files.ts';
import { LettersBench } from '../support/letters-bench.ts';

const MAIN = join(import.meta.dirname, '../../agent/main.ts');
const TOO_LONG = 'x'.repeat(30);
/** More than a replay has. */
const MAX_STEPS = 60;
const SIDE_BY_SIDE = 4;

/** A module that kills its process before step `step` that the process takes in a directory: a file opened, written, synced, renamed, removed. */
function killBefore(step: number, directory: string): string {
  return `
    import fs from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    let left = ${step};
    const count = () => { if (left-- === 0) process.kill(process.pid, 'SIGKILL'); };
    for (const name of ['open', 'readdir', 'rename', 'rm', 'link', 'unlink']) {
      const original = fs.promises[name];
      fs.promises[name] = (path, ...more) => {
        if (String(path).startsWith(${JSON.stringify(directory)})) count();
        return original(path, ...more);
      };
    }
    const handle = await fs.promises.open('/dev/null');
    const prototype = Object.getPrototypeOf(handle);
    for (const name of ['appendFile', 'sync']) {
      const original = prototype[name];
      prototype[name] = function (...args) { count(); return original.apply(this, args); };
    }
    await handle.close();
    syncBuiltinESMExports();
  `;
}

/** Replays in a process of its own, killed before a step; true when there was no such step. */
async function replayUntil(step: number, bench: LettersBench): Promise<boolean> {
  const preload = `data:text/javascript,${encodeURIComponent(killBefore(step, bench.stateDir))}`;
  const child = spawn(process.execPath, ['--import', preload, MAIN, 'dead-letters', 'replay', '--config', bench.config], {
    stdio: 'ignore',
  });
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  expect([code, signal]).toStrictEqual(signal === null ? [1, null] : [null, 'SIGKILL']);
  return signal === null;
}

/** A replay that dies before `step`, an agent that goes on, and another replay; true when there was no such step. */
async function survive(step: number): Promise<boolean> {
  await using bench = await LettersBench.open();
  await bench.add('1', `${TOO_LONG}a`, '2');
  renameSync(bench.path, takenFile(bench.stateDir, 'loki', 'died-0'));
  await bench.add('3', `${TOO_LONG}b`);
  const isOver = await replayUntil(step, bench);
  await bench.add('4');
  const found = new Set([...bench.remaining.map((text) => text.replace(/^\S+ /, '')), ...bench.loki.lines()]);
  expect([...found].sort(), `after step ${step}`).toStrictEqual(['1', '2', '3', '4', `${TOO_LONG}a`, `${TOO_LONG}b`]);
  expect((await bench.run(['replay'])).stdout).toMatch(/^loki: \d+ stored, \d refused again\n$/);
  expect(bench.loki.lines().sort(), `after step ${step}`).toStrictEqual(['1', '2', '3', '4']);
  expect(bench.names, `after step ${step}`).toStrictEqual(['dead-letters.loki.jsonl']);
  expect([...new Set(bench.remaining)].sort()).toStrictEqual([`line_too_long ${TOO_LONG}a`, `line_too_long ${TOO_LONG}b`]);
  return isOver;
}

test('I8 a replay that is killed before any of its steps loses nothing, and the next one takes it up', async () => {
  let next = 0;
  let stepsOfReplay = MAX_STEPS;
  const work = async (): Promise<void> => {
    for (let step = next++; step < stepsOfReplay; step = next++) if (await survive(step)) stepsOfReplay = Math.min(stepsOfReplay, step);
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
  expect(stepsOfReplay).toBeGreaterThan(15);
  expect(stepsOfReplay).toBeLessThan(MAX_STEPS);
});
