import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Contestant } from './contestants/contestant.ts';
import { findPeers } from './contestants/find-peers.ts';
import { LIMIT } from './contestants/limit.ts';
import { logferry } from './contestants/logferry.ts';
import { type BenchOptions, readOptions } from './options.ts';
import { profileScenario } from './profile/profile-scenario.ts';
import { SCENARIOS } from './scenarios/all-scenarios.ts';
import { backlog } from './scenarios/drains.ts';
import { Bench } from './scenarios/scenario.ts';
import { faultsOf, record, SHORT_RIVALS, SHORT_RUNS, SHORT_SCALE } from './short-form.ts';

const HELP = `Usage: npm run bench -- [SCENARIO...] [OPTIONS]

Compares what logferry, the limit and the other agents of this machine spend on the same files and the same receiver.

Scenarios (all of them without a name):
${SCENARIOS.map(({ name, summary }) => `  ${name.padEnd(9)}${summary}`).join('\n')}

Options:
  --runs N         runs of each contestant, in turns (5)
  --scale F        of all amounts and durations (1)
  --only A,B       these contestants only
  --short          a backlog of 128 MiB, 3 runs; fails over a gross regression against test/bench/recorded.json
  --record         the same, and writes what it has found into that file
  --profile NAME   logferry alone in a scenario: self times, garbage collection, a .cpuprofile
  --help           print this

BENCH_PEERS=name=/path/of/program,... names peers: rsyslogd, fluent-bit, promtail, alloy, otelcol. rsyslogd is looked for in PATH too.
`;
const DAY_MS = 86_400_000;

/** Corpora of other days are removed: a store refuses what is a week old, so they are of use for a day. */
function today(): { directory: string; startMs: number } {
  const startMs = Math.floor(Date.now() / DAY_MS) * DAY_MS - DAY_MS;
  const root = join(tmpdir(), 'logferry-bench');
  const day = new Date(startMs).toISOString().slice(0, 10);
  mkdirSync(join(root, day), { recursive: true });
  for (const other of readdirSync(root)) if (other !== day) rmSync(join(root, other), { recursive: true, force: true });
  return { directory: join(root, day), startMs };
}

function contestants(only: readonly string[] | null): Contestant[] {
  const { found, missing } = findPeers(process.env['BENCH_PEERS'] ?? '', process.env['PATH'] ?? '');
  if (missing.length > 0) console.log(`Not found: ${missing.join(', ')}. BENCH_PEERS=name=/path,... names their programs.`);
  return [logferry(), LIMIT, ...found].filter(({ name }) => only === null || only.includes(name));
}

async function shortForm(write: boolean): Promise<number> {
  const bench = new Bench({ ...today(), contestants: contestants(['logferry', ...SHORT_RIVALS]), runs: SHORT_RUNS, scale: SHORT_SCALE });
  const results = await backlog(bench);
  if (write) record(results);
  const faults = faultsOf(results);
  for (const fault of faults) process.stderr.write(`${fault}\n`);
  return faults.length > 0 ? 1 : 0;
}

async function bench(options: BenchOptions): Promise<number> {
  if (options.kind === 'help') process.stdout.write(HELP);
  if (options.kind === 'misuse') {
    process.stderr.write(`npm run bench: ${options.message}\nSee npm run bench -- --help.\n`);
    return 2;
  }
  if (options.kind === 'short') return shortForm(options.record);
  if (options.kind === 'profile')
    await profileScenario(SCENARIOS.find(({ name }) => name === options.name)!, { ...today(), scale: options.scale });
  if (options.kind === 'scenarios') {
    const room = new Bench({ ...today(), ...options, contestants: contestants(options.only) });
    console.log(`Node ${process.version} on ${process.arch}`);
    for (const scenario of SCENARIOS.filter(({ name }) => options.names.includes(name))) await scenario.run(room);
  }
  return 0;
}

process.exitCode = await bench(
  readOptions(
    process.argv.slice(2),
    SCENARIOS.map(({ name }) => name),
  ),
);
