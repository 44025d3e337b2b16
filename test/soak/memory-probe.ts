import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentProcess } from '../support/agent-process.ts';

const PROBE = `process.on('SIGUSR2', () => {
  gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  console.log('live bytes ' + (heapUsed + arrayBuffers));
});`;

/** Options of Node for an agent whose live memory shall be measured: resident memory goes up and down by more than a leak of a few KiB. */
export const MEMORY_PROBE: readonly string[] = ['--expose-gc', '--import', `data:text/javascript,${encodeURIComponent(PROBE)}`];

/** KiB of JavaScript objects and buffers that are in use, right after a collection. */
export async function liveKiB(agent: AgentProcess): Promise<number> {
  const answers = (): string[] => agent.printed.match(/^live bytes \d+$/gm) ?? [];
  const known = answers().length;
  process.kill(agent.pid, 'SIGUSR2');
  while (agent.running && answers().length === known) await sleep(50);
  return Number(answers().at(-1)?.split(' ')[2]) / 1024;
}
