import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { AgentProcess } from './agent-process.ts';
import { writeCorpus } from './corpus.ts';

const BACKLOG_BYTES = 1024 * 1024 * 1024;
const FILES = 20;
const IDLE_SECONDS = 20;

function podLog(logDir: string, index: number): string {
  return join(logDir, `pods/shop_web-${index}_00000000-0000-4000-8000-${String(index).padStart(12, '0')}/app/0.log`);
}

/** The built agent drains a backlog of 1 GiB in 20 files: lines per CPU-second of the whole process, and its peak memory. */
export async function benchDrain(directory: string): Promise<void> {
  const logDir = join(directory, 'backlog');
  mkdirSync(join(logDir, 'containers'), { recursive: true });
  let lines = 0;
  for (let index = 0; index < FILES; index += 1) lines += writeCorpus(podLog(logDir, index), BACKLOG_BYTES / FILES, index + 1);
  await using agent = await AgentProcess.start(join(directory, 'drain'), logDir);
  const cpuAtStart = agent.cpuSeconds;
  while ((await agent.metric('logferry_acked_entries_total')) < lines) await sleep(250);
  const cpu = agent.cpuSeconds - cpuAtStart;
  console.log(`\nbacklog of 1 GiB in ${FILES} files, whole agent with POST, acks and checkpoints: ${lines} lines`);
  console.log(
    `${(lines / cpu / 1e6).toFixed(2)} million lines per CPU-second (${cpu.toFixed(1)} s), peak memory ${agent.peakMiB.toFixed(0)} MiB`,
  );
}

/** The built agent beside silent containers. */
export async function benchIdle(directory: string, containers: number): Promise<void> {
  const logDir = join(directory, `quiet-${containers}`);
  mkdirSync(join(logDir, 'containers'), { recursive: true });
  for (let index = 0; index < containers; index += 1) writeCorpus(podLog(logDir, index), 2600, index + 1);
  await using agent = await AgentProcess.start(join(directory, 'idle'), logDir);
  while ((await agent.metric('logferry_acked_entries_total')) < containers * 10) await sleep(250);
  await sleep(5000);
  const { cpuSeconds, wakeUps } = agent;
  await sleep(IDLE_SECONDS * 1000);
  const share = ((agent.cpuSeconds - cpuSeconds) / IDLE_SECONDS) * 100;
  const wakeUpsPerSecond = (agent.wakeUps - wakeUps) / IDLE_SECONDS;
  console.log(
    `\nidle beside ${containers} silent containers: ${share.toFixed(2)} % of a CPU, ${wakeUpsPerSecond.toFixed(1)} wake-ups a second, memory ${agent.residentMiB.toFixed(0)} MiB now, ${agent.peakMiB.toFixed(0)} MiB at the peak`,
  );
}
