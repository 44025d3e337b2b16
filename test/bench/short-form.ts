import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Result } from './measure/contest.ts';
import { speedRatio } from './measure/contest-report.ts';
import { grossRegressions, type Ratios } from './measure/ratio-check.ts';

const RECORDED = join(import.meta.dirname, 'recorded.json');
/** Against whom logferry is held. */
export const SHORT_RIVALS: readonly string[] = ['limit', 'rsyslogd'];
export const SHORT_RUNS = 3;
/** 128 MiB. */
export const SHORT_SCALE: number = 1 / 8;

/** Writes down what a short run has found, for later ones to be compared with; what was not measured keeps its ratio. */
export function record(results: readonly Result[]): void {
  const ratios = { ...recordedRatios(), ...ratiosOf(results) };
  writeFileSync(RECORDED, `${JSON.stringify(ratios, null, 2)}\n`);
}

/** What is wrong with a short run: gross regressions, and lines that logferry has lost. */
export function faultsOf(results: readonly Result[]): string[] {
  const lost = results.filter(({ contestant }) => contestant.name === 'logferry').flatMap(({ drained }) => drained.map(({ lost }) => lost));
  const losses = lost.filter((lines) => lines !== 0).map((lines) => `logferry: ${lines} lines of a run did not come`);
  return [...losses, ...grossRegressions(ratiosOf(results), recordedRatios())];
}

function ratiosOf(results: readonly Result[]): Ratios {
  const pairs = SHORT_RIVALS.map((rival) => [`logferry/${rival}`, speedRatio(results, 'logferry', rival)] as const);
  return Object.fromEntries(pairs.flatMap(([name, ratio]) => (ratio === null ? [] : [[name, Number(ratio.toFixed(3))]])));
}

function recordedRatios(): Ratios {
  return JSON.parse(readFileSync(RECORDED, 'utf8')) as Ratios;
}
