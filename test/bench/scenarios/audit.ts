import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RunningContestant } from '../contestants/running-contestant.ts';
import { arrival } from '../measure/drain.ts';
import { table } from '../measure/table.ts';
import { ReceiverProcess } from '../receiver/receiver-process.ts';
import type { Bench, Scenario } from './scenario.ts';

const EVENTS = 5000;
const LINES = 20_000;
const SECONDS = 30;
const START_MS = 3000;
const WARM_UP_SECONDS = 3;
/** More than the events of one stage make, which is one stream. */
const STREAM_RATE_BYTES = 16_777_216;

/** The audit log of a busy API server beside a flood of lines: what the flood takes from it. */
export const AUDIT: Scenario = {
  name: 'audit',
  summary: 'logferry alone: 5,000 audit events a second of 1.4 KB, alone and beside 20,000 lines a second of 250 bytes',
  run: async (bench) => {
    const rows: string[][] = [['', 'lines/s', '% of a CPU', 'events p50', 'p99', 'lost', 'lines p50', 'p99', 'lost', 'peak RSS']];
    for (const lines of [0, LINES]) rows.push(await auditRow(bench, lines));
    console.log(`\naudit: ${AUDIT.summary}`);
    console.log(table(rows));
  },
};

async function auditRow(bench: Bench, linesPerSecond: number): Promise<string[]> {
  const seconds = Math.max(5, Math.round(SECONDS * bench.scale));
  const load = new Load(join(bench.scratch, 'audit'), linesPerSecond);
  await using applications = await ReceiverProcess.start();
  await using events = await ReceiverProcess.start();
  const place = { logDir: load.logDir, scratch: bench.scratch, receiver: applications.ports };
  await using running = new RunningContestant(bench.agent(configOf(load.auditLog, applications, events)), place);
  await sleep(START_MS);
  await load.write(WARM_UP_SECONDS, 'unmarked');
  const before = running.sample();
  await load.write(seconds, 'marked');
  const after = running.sample();
  const share = (100 * (after.cpuSeconds - before.cpuSeconds)) / seconds;
  const written = WARM_UP_SECONDS + seconds;
  const columns = [
    ...(await columnsOf(events, running, EVENTS * written)),
    ...(await columnsOf(applications, running, linesPerSecond * written)),
  ];
  return ['logferry', String(linesPerSecond), share.toFixed(1), ...columns, `${(after.peakBytes / 1e6).toFixed(0)} MB`];
}

/** How long it took, and what did not come. */
async function columnsOf(receiver: ReceiverProcess, running: RunningContestant, wanted: number): Promise<string[]> {
  await arrival(receiver, running, wanted);
  const { lines, p50Ms, p99Ms } = await receiver.counts();
  return [...[p50Ms, p99Ms].map((ms) => (ms === null ? '' : `${ms} ms`)), String(wanted - lines)];
}

/** Events and lines have a store each, which counts the ones and the others. */
function configOf(auditLog: string, applications: ReceiverProcess, events: ReceiverProcess): Record<string, unknown> {
  const output = { type: 'loki', accepts: { stream_rate_bytes: STREAM_RATE_BYTES } };
  const outputs = [
    { name: 'applications', logs: ['containers'], url: urlOf(applications), ...output },
    { name: 'events', logs: ['audit'], url: urlOf(events), ...output },
  ];
  return { outputs, audit: { log_path: auditLog } };
}

function urlOf({ ports }: ReceiverProcess): string {
  return `http://127.0.0.1:${ports.http}/loki/api/v1/push`;
}

/** Writes both logs of a node. */
class Load {
  readonly logDir: string;
  readonly auditLog: string;
  readonly #linesPerSecond: number;

  constructor(directory: string, linesPerSecond: number) {
    rmSync(directory, { recursive: true, force: true });
    for (const name of ['pods', 'containers', 'audit']) mkdirSync(join(directory, name), { recursive: true });
    this.logDir = directory;
    this.auditLog = join(directory, 'audit', 'audit.log');
    // It is there before an event is: an API server makes it at its start.
    writeFileSync(this.auditLog, '');
    this.#linesPerSecond = linesPerSecond;
  }

  async write(seconds: number, marks: 'marked' | 'unmarked'): Promise<void> {
    const of = (perSecond: number): string[] => [String(perSecond), String(seconds), marks];
    const writers = [run('audit-writer.ts', [this.auditLog, ...of(EVENTS)])];
    if (this.#linesPerSecond > 0) writers.push(run('steady-writer.ts', [this.logDir, ...of(this.#linesPerSecond)]));
    await Promise.all(writers);
  }
}

async function run(program: string, args: readonly string[]): Promise<void> {
  const [code] = (await once(spawn(process.execPath, [join(import.meta.dirname, program), ...args], { stdio: 'inherit' }), 'exit')) as [
    number | null,
  ];
  if (code !== 0) throw new Error(`${program} ended with ${code}`);
}
