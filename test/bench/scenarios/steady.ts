import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Contestant } from '../contestants/contestant.ts';
import { LIMIT } from '../contestants/limit.ts';
import { logferry } from '../contestants/logferry.ts';
import { RunningContestant } from '../contestants/running-contestant.ts';
import { arrival } from '../measure/drain.ts';
import { table } from '../measure/table.ts';
import { ReceiverProcess } from '../receiver/receiver-process.ts';
import type { Bench, Scenario } from './scenario.ts';

const RATES = [5000, 20_000];
const SECONDS = 30;
/** For the start of a contestant, which is not measured: it finds the containers with a line in each. */
const START_MS = 3000;
const FIRST_LINES = 20;
/** Neither is the time until it has noticed that quiet files are busy now. */
const WARM_UP_SECONDS = 3;

/** Lines that are printed all the time: what they cost, and how long they take from the file to the store. */
export const STEADY: Scenario = {
  name: 'steady',
  summary: '5,000 and 20,000 lines a second of 250 bytes in 20 containers',
  run: async (bench) => {
    const prompt = logferry('logferry-0.1s', { output: { batch_wait_seconds: 0.1 } });
    const contestants = bench.contestants
      .filter(({ name }) => name !== LIMIT.name)
      .flatMap((one) => (one.name === 'logferry' ? [one, prompt] : [one]));
    for (const perSecond of RATES) {
      console.log(`\nsteady: ${perSecond} lines a second of 250 bytes in 20 containers`);
      const rows: string[][] = [['', '% of a CPU', 'p50', 'p99', 'peak RSS', 'lost']];
      for (const contestant of contestants) rows.push(await steadyRow(bench, contestant, perSecond));
      console.log(table(rows));
    }
  },
};

async function steadyRow(bench: Bench, contestant: Contestant, perSecond: number): Promise<string[]> {
  const seconds = Math.max(5, Math.round(SECONDS * bench.scale));
  const logDir = join(bench.scratch, 'steady');
  rmSync(logDir, { recursive: true, force: true });
  for (const name of ['pods', 'containers']) mkdirSync(join(logDir, name), { recursive: true });
  await write(logDir, FIRST_LINES, 1, 'unmarked');
  await using receiver = await ReceiverProcess.start();
  await using running = new RunningContestant(contestant, { logDir, scratch: bench.scratch, receiver: receiver.ports });
  await sleep(START_MS);
  await write(logDir, perSecond, WARM_UP_SECONDS, 'unmarked');
  const before = running.sample();
  await write(logDir, perSecond, seconds, 'marked');
  const after = running.sample();
  const wanted = FIRST_LINES + perSecond * (WARM_UP_SECONDS + seconds);
  await arrival(receiver, running, wanted);
  const { lines, p50Ms, p99Ms } = await receiver.counts();
  const share = (100 * (after.cpuSeconds - before.cpuSeconds)) / seconds;
  return [
    contestant.name,
    share.toFixed(1),
    `${p50Ms} ms`,
    `${p99Ms} ms`,
    `${(after.peakBytes / 1e6).toFixed(0)} MB`,
    String(wanted - lines),
  ];
}

async function write(logDir: string, perSecond: number, seconds: number, marks: 'marked' | 'unmarked'): Promise<void> {
  const args = [join(import.meta.dirname, 'steady-writer.ts'), logDir, String(perSecond), String(seconds), marks];
  const [code] = (await once(spawn(process.execPath, args, { stdio: 'inherit' }), 'exit')) as [number | null];
  if (code !== 0) throw new Error(`the writer ended with ${code}`);
}
