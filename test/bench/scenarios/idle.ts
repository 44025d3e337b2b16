import { setTimeout as sleep } from 'node:timers/promises';
import type { Contestant } from '../contestants/contestant.ts';
import { LIMIT } from '../contestants/limit.ts';
import { RunningContestant } from '../contestants/running-contestant.ts';
import type { LogTree } from '../corpus/log-tree.ts';
import { USUAL } from '../corpus/record-shape.ts';
import { arrival } from '../measure/drain.ts';
import { quiet } from '../measure/quiet.ts';
import { table } from '../measure/table.ts';
import { ReceiverProcess } from '../receiver/receiver-process.ts';
import type { Bench, Scenario } from './scenario.ts';

const CONTAINERS = 500;
const SECONDS = 30;

export const IDLE: Scenario = {
  name: 'idle',
  summary: '500 containers that print nothing any more',
  run: async (bench) => {
    const tree = bench.tree('idle', [{ containers: CONTAINERS, bytesEach: 10 * USUAL.entryBytes, shape: USUAL, files: 'live' }]);
    const rows: string[][] = [['', '% of a CPU', 'wake-ups/s', 'RSS', 'peak RSS']];
    for (const contestant of bench.contestants) if (contestant.name !== LIMIT.name) rows.push(await idleRow(bench, contestant, tree));
    console.log(`\nidle: ${IDLE.summary}`);
    console.log(table(rows));
  },
};

async function idleRow(bench: Bench, contestant: Contestant, tree: LogTree): Promise<string[]> {
  const seconds = Math.max(10, SECONDS * bench.scale);
  await using receiver = await ReceiverProcess.start();
  await using running = new RunningContestant(contestant, { logDir: tree.logDir, scratch: bench.scratch, receiver: receiver.ports });
  await arrival(receiver, running, tree.entries);
  await quiet(running);
  const before = running.sample();
  await sleep(seconds * 1000);
  const after = running.sample();
  const share = (100 * (after.cpuSeconds - before.cpuSeconds)) / seconds;
  const wakeups = (after.wakeups - before.wakeups) / seconds;
  return [
    contestant.name,
    share.toFixed(2),
    wakeups.toFixed(0),
    ...[after.residentBytes, after.peakBytes].map((bytes) => `${(bytes / 1e6).toFixed(0)} MB`),
  ];
}
