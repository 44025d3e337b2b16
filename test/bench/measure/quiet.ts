import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningContestant } from '../contestants/running-contestant.ts';

const WINDOW_MS = 1500;
/** Of a CPU: an agent that looks at 500 quiet files stays below. */
const QUIET_SHARE = 0.05;
const PATIENCE_MS = 60_000;

/**
 * Waits until a contestant has nothing to do: the last answers are worked off and positions are written. rsyslog goes on for half a minute
 * over 500 files after the last line has come. It is not waited for longer than a minute.
 */
export async function quiet(running: RunningContestant): Promise<void> {
  const sinceMs = Date.now();
  let before = running.sample().cpuSeconds;
  while (Date.now() - sinceMs < PATIENCE_MS) {
    await sleep(WINDOW_MS);
    const { cpuSeconds } = running.sample();
    if (cpuSeconds - before < (QUIET_SHARE * WINDOW_MS) / 1000) return;
    before = cpuSeconds;
  }
}
