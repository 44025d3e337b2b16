import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { LEAN_FLAGS } from '../../../agent/lean-flags.ts';
import { logferry } from '../contestants/logferry.ts';
import { table } from '../measure/table.ts';
import { Bench, type BenchSettings, type Scenario } from '../scenarios/scenario.ts';
import { collectorShare, type CpuProfile, selfTimes } from './cpu-profile.ts';
import { allocatedBytes } from './gc-trace.ts';

const ROWS = 25;

/** Runs logferry alone in a scenario, once, and prints where its time went. The profile stays, for a browser's Performance panel. */
export async function profileScenario(scenario: Scenario, settings: Omit<BenchSettings, 'contestants' | 'runs'>): Promise<void> {
  const directory = join(settings.directory, 'profiles');
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  // With its lean flags from the start the process is not replaced: the profiler's timer would outlive it, and end the next one by SIGPROF.
  const nodeOptions = [...LEAN_FLAGS, '--cpu-prof', `--cpu-prof-dir=${directory}`, '--trace-gc'];
  const bench = new Bench({ ...settings, runs: 1, nodeOptions, contestants: [logferry('logferry', { nodeOptions })] });
  await scenario.run(bench);
  const { path, profile } = longest(directory);
  const times = selfTimes(profile);
  const trace = readFileSync(join(bench.scratch, 'logferry', 'output.log'), 'utf8');
  console.log(`\n${table([['self time', ''], ...times.slice(0, ROWS).map(({ name, share }) => [name, percent(share)])])}`);
  console.log(`garbage collection: ${percent(collectorShare(times))}`);
  console.log(`allocated on V8's heap, its start included: ${(allocatedBytes(trace) / 1e6).toFixed(0)} MB`);
  console.log(path);
}

/** Of the profiles: a scenario may start the agent more than once, and the run that is wanted is the longest. */
function longest(directory: string): { readonly path: string; readonly profile: CpuProfile } {
  const profiles = readdirSync(directory).map((name) => {
    const path = join(directory, name);
    return { path, profile: JSON.parse(readFileSync(path, 'utf8')) as CpuProfile };
  });
  return profiles.reduce((one, other) => (durationOf(other.profile) > durationOf(one.profile) ? other : one));
}

function durationOf({ timeDeltas }: CpuProfile): number {
  return timeDeltas.reduce((sum, delta) => sum + delta, 0);
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
