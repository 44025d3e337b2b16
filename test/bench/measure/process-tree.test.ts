import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempDir } from '../../support/temp-dir.ts';
import { parseStat, sampleTree } from './process-tree.ts';

interface Process {
  readonly pid: number;
  readonly parent: number;
  /** utime, stime, cutime, cstime */
  readonly ticks: readonly [number, number, number, number];
  readonly kilobytes: readonly [resident: number, peak: number];
  /** voluntary switches of each thread */
  readonly switches: readonly number[];
}

function stat({ pid, parent, ticks }: Pick<Process, 'pid' | 'parent' | 'ticks'>, name = 'agent'): string {
  return `${pid} (${name}) S ${parent} 1 1 0 -1 4194304 10 0 0 0 ${ticks.join(' ')} 20 0 11 0 99 1000 100 18446744073709551615`;
}

async function writeProcess(proc: string, one: Process): Promise<void> {
  const [resident, peak] = one.kilobytes;
  await mkdir(join(proc, String(one.pid)), { recursive: true });
  await writeFile(join(proc, String(one.pid), 'stat'), stat(one));
  await writeFile(join(proc, String(one.pid), 'status'), `Name:\tagent\nVmHWM:\t   ${peak} kB\nVmRSS:\t   ${resident} kB\n`);
  for (const [index, switches] of one.switches.entries()) {
    const task = join(proc, String(one.pid), 'task', String(one.pid + index));
    await mkdir(task, { recursive: true });
    await writeFile(join(task, 'status'), `voluntary_ctxt_switches:\t${switches}\nnonvoluntary_ctxt_switches:\t77\n`);
  }
}

test('the name of a process may look like fields', () => {
  expect(parseStat(stat({ pid: 7, parent: 3, ticks: [100, 20, 3, 4] }, 'a) S 9 (b'))).toStrictEqual({ parent: 3, cpuTicks: 127 });
});

test('a process, its children, theirs, and those that have ended; not its neighbours', async () => {
  await using dir = await tempDir();
  await writeFile(join(dir.path, 'uptime'), '1 1');
  const processes: Process[] = [
    { pid: 1, parent: 0, ticks: [9000, 9000, 9000, 9000], kilobytes: [9000, 9000], switches: [9000] },
    { pid: 40, parent: 50, ticks: [10, 1, 0, 0], kilobytes: [10, 20], switches: [1] },
    { pid: 50, parent: 1, ticks: [100, 50, 30, 20], kilobytes: [1000, 2000], switches: [5, 7] },
    { pid: 60, parent: 40, ticks: [5, 5, 0, 0], kilobytes: [1, 2], switches: [2] },
    { pid: 70, parent: 1, ticks: [400, 0, 0, 0], kilobytes: [400, 400], switches: [400] },
  ];
  for (const one of processes) await writeProcess(dir.path, one);
  expect(sampleTree(50, dir.path)).toStrictEqual({ cpuSeconds: 2.21, residentBytes: 1011 * 1024, peakBytes: 2022 * 1024, wakeups: 15 });
  expect(() => sampleTree(51, dir.path)).toThrow('51');
});

test('the real one of this process', () => {
  const { user, system } = process.cpuUsage();
  const { cpuSeconds, residentBytes, peakBytes, wakeups } = sampleTree(process.pid);
  expect(cpuSeconds).toBeGreaterThan((user + system) / 1e6 / 2);
  expect(residentBytes).toBeGreaterThan(10e6);
  expect(peakBytes).toBeGreaterThanOrEqual(residentBytes);
  expect(wakeups).toBeGreaterThan(0);
});
