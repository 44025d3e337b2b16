import { setTimeout as sleep } from 'node:timers/promises';
import type { Contestant } from '../contestants/contestant.ts';
import { RunningContestant } from '../contestants/running-contestant.ts';
import type { LogTree } from '../corpus/log-tree.ts';
import { ReceiverProcess } from '../receiver/receiver-process.ts';
import { quiet } from './quiet.ts';

/** One contestant that shipped one tree. */
export interface Drained {
  /** Since the start of the program, less what a start beside no logs takes. */
  readonly cpuSeconds: number;
  readonly peakBytes: number;
  readonly wireBytes: number;
  /** Of what was to come; below 0 when more came. */
  readonly lost: number;
}

const LOOK_MS = 100;
/** Without a line for so long, what is missing is lost. Alloy and Fluent Bit look for new files once in several seconds. */
const STALLED_MS = 20_000;

/** Ships `tree` once, with a receiver of its own. `startSeconds` is what `startCost` says. */
export async function drain(contestant: Contestant, tree: LogTree, scratch: string, startSeconds: number): Promise<Drained> {
  await using receiver = await ReceiverProcess.start();
  await using running = new RunningContestant(contestant, { logDir: tree.logDir, scratch, receiver: receiver.ports });
  const wanted = contestant.unit === 'entries' ? tree.entries : tree.records;
  await arrival(receiver, running, wanted);
  await quiet(running);
  const { cpuSeconds, peakBytes } = running.sample();
  const { lines, wireBytes } = await receiver.counts();
  return { cpuSeconds: cpuSeconds - startSeconds, peakBytes, wireBytes, lost: wanted - lines };
}

/** CPU seconds of a start beside an empty directory. */
export async function startCost(contestant: Contestant, emptyLogDir: string, scratch: string): Promise<number> {
  await using receiver = await ReceiverProcess.start();
  await using running = new RunningContestant(contestant, { logDir: emptyLogDir, scratch, receiver: receiver.ports });
  await quiet(running);
  return running.sample().cpuSeconds;
}

/** Waits until so many lines have come, or none any more. @throws when the contestant ends before */
export async function arrival(receiver: ReceiverProcess, running: RunningContestant, wanted: number): Promise<void> {
  let [lines, sinceMs] = [0, Date.now()];
  while (lines < wanted && Date.now() - sinceMs < STALLED_MS) {
    await sleep(LOOK_MS);
    running.sample();
    const counts = await receiver.counts();
    if (counts.lines > lines) [lines, sinceMs] = [counts.lines, Date.now()];
  }
}
