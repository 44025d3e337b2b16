import { spreadOf } from '../bench/spread.ts';
import type { Death } from './death.ts';

/** What became of one run. */
export interface CrashReport {
  readonly seed: number;
  readonly kills: Readonly<Record<Death['during'], number>>;
  readonly lines: number;
  /** Entries that arrived beyond one for each line. */
  readonly resent: number;
  readonly lost: number;
  readonly doubled: number;
  /** Rotations while no agent ran, and the most of one log in one such time. */
  readonly rotationsWhileDown: number;
  readonly mostRotationsWhileDown: number;
  /** Lines that were known to be settled at the last kill. */
  readonly settledLines: number;
  readonly checkpointAgesMs: readonly number[];
  /** What is wrong. */
  readonly findings: readonly string[];
}

/** The last line says it all, the seed included, which can be given again. */
export function crashText(report: CrashReport): string {
  const { kills, checkpointAgesMs, seed, lines, resent, lost, doubled } = report;
  const { min, median, max } = spreadOf(checkpointAgesMs.length === 0 ? [Number.NaN] : checkpointAgesMs);
  return [
    `killed at the start ${kills.start}, at work ${kills.work}, in the drain ${kills.drain}`,
    `rotations while no agent ran ${report.rotationsWhileDown}, up to ${report.mostRotationsWhileDown} of one log at once`,
    `checkpoints were ${min.toFixed(0)} to ${max.toFixed(0)} ms old, median ${median.toFixed(0)}; before them were ${report.settledLines} lines`,
    ...report.findings,
    `seed ${seed}: lines ${lines}, resent ${resent}, lost ${lost}, doubled ${doubled}`,
  ].join('\n');
}
