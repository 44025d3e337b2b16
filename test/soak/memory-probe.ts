import { setTimeout as sleep } from 'node:timers/promises';
import type { AgentProcess } from '../support/agent-process.ts';

/** Code is compiled for as long as a process runs, and is no leak: of V8's heap, what holds it does not count. */
const PROBE = `import { getHeapSpaceStatistics } from 'node:v8';
process.on('SIGUSR2', () => {
  gc();
  const data = getHeapSpaceStatistics().filter(({ space_name }) => !/code|trusted/.test(space_name));
  const used = data.reduce((sum, { space_used_size }) => sum + space_used_size, 0);
  console.log('live bytes ' + (used + process.memoryUsage().arrayBuffers));
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
