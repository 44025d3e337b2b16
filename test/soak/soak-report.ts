import type { AgentSample } from './agent-sample.ts';

/** What the agent has open besides its logs: the event loop's, its connections, its watches. */
const OTHER_DESCRIPTORS = 40;
/**
 * Two and a half of them are the position of a source that is gone, which is kept for an hour, and three what V8 still learns of code while it runs, in
 * a run as short as that of the tests. A source that is not let go of is ten and more.
 */
const LIVE_KIB_PER_CONTAINER = 8;
const RESIDENT_MIB_PER_1000 = 5;

/** A moment of the run. */
export interface Sample extends AgentSample {
  readonly second: number;
  /** How many of the containers that come and go have come. */
  readonly brief: number;
}

/** What became of one run. */
export interface SoakReport {
  readonly seed: number;
  readonly samples: readonly Sample[];
  /** Once the sources that were gone were closed. */
  readonly settled: AgentSample;
  /** Containers that live all the time. */
  readonly sources: number;
  /** Over the second half of the run, in MiB per 1,000 containers that came. */
  readonly residentMiBPer1000: number;
  /** The same for the memory that is live after a collection, in KiB per container. */
  readonly liveKiBPerContainer: number;
  readonly lines: number;
  readonly resent: number;
  /** What is wrong with the lines. */
  readonly findings: readonly string[];
}

/** What is wrong, for a person to read, but for resident memory: that needs minutes to tell growth from its ups and downs. */
export function leaksOf({ settled, sources, liveKiBPerContainer }: SoakReport): string[] {
  const leaks: string[] = [];
  if (settled.sources !== sources) leaks.push(`${settled.sources} sources are open, ${sources} are there`);
  const descriptors = settled.descriptors - sources;
  if (descriptors > OTHER_DESCRIPTORS) leaks.push(`${descriptors} descriptors besides those of sources, at most ${OTHER_DESCRIPTORS}`);
  // NaN, of what could not be measured, is a fault too.
  if (!(liveKiBPerContainer < LIVE_KIB_PER_CONTAINER))
    leaks.push(`live memory grows: at most ${LIVE_KIB_PER_CONTAINER} KiB per container, not ${liveKiBPerContainer.toFixed(1)}`);
  return leaks;
}

export function residentGrowth({ residentMiBPer1000 }: SoakReport): string[] {
  if (residentMiBPer1000 < RESIDENT_MIB_PER_1000) return [];
  return [`resident memory grows: at most ${RESIDENT_MIB_PER_1000} MiB per 1,000 containers`];
}

export function soakText(report: SoakReport): string {
  const { samples, settled, residentMiBPer1000, liveKiBPerContainer, seed, lines, resent, findings } = report;
  const row = (name: string, value: (sample: AgentSample) => number, digits: number): string => {
    const values = samples.map(value);
    const cells = [values[0] ?? Number.NaN, Math.max(...values), values.at(-1) ?? Number.NaN, value(settled)];
    return `${name.padEnd(14)}${cells.map((cell) => cell.toFixed(digits).padStart(9)).join('')}`;
  };
  return [
    `${''.padEnd(14)}${['first', 'peak', 'last', 'settled'].map((name) => name.padStart(9)).join('')}`,
    row('resident MiB', ({ residentMiB }) => residentMiB, 1),
    row('held MiB', ({ heldMiB }) => heldMiB, 1),
    row('descriptors', ({ descriptors }) => descriptors, 0),
    row('sources', ({ sources }) => sources, 0),
    `second half: resident memory ${residentMiBPer1000.toFixed(1)} MiB per 1,000 containers, live memory ${liveKiBPerContainer.toFixed(2)} KiB per container`,
    ...findings,
    `seed ${seed}: lines ${lines}, resent ${resent}, ${findings.length === 0 ? 'each stored once' : 'NOT each stored once'}`,
  ].join('\n');
}
