import { USUAL } from '../corpus/record-shape.ts';
import { contest } from '../measure/contest.ts';
import { table } from '../measure/table.ts';
import { spreadOf } from '../spread.ts';
import type { Bench, Scenario } from './scenario.ts';

/** What a line costs, however many containers share the bytes, and however many bytes there are. */
export const FLAT: Scenario = {
  name: 'flat',
  summary: 'logferry alone: 100 MB in 1, 10, 100 and 1000 containers, and 2 GB in 20 beside 100 MB in 20',
  run: async (bench) => {
    const rows: string[][] = [['containers', 'MB', 'us per line', 'most', 'peak RSS', 'lost']];
    for (const containers of [1, 10, 100, 1000]) rows.push(await flatRow(bench, containers, 100e6));
    for (const bytes of [100e6, 2e9]) rows.push(await flatRow(bench, 20, bytes));
    console.log(`\nflat: ${FLAT.summary}, ${bench.runs} runs`);
    console.log(table(rows));
  },
};

async function flatRow(bench: Bench, containers: number, bytes: number): Promise<string[]> {
  const group = { containers, bytesEach: bytes / containers, shape: USUAL, files: 'live' as const };
  const tree = bench.tree(`flat-${containers}-${bytes / 1e6}`, [group]);
  const results = await contest(bench.logferry, tree, bench.contestOptions);
  const drained = results.flatMap((result) => result.drained);
  const cost = spreadOf(drained.map(({ cpuSeconds }) => (cpuSeconds / tree.entries) * 1e6));
  const peak = spreadOf(drained.map(({ peakBytes }) => peakBytes)).median;
  const lost = spreadOf(drained.map((run) => run.lost)).max;
  return [
    String(containers),
    ...[tree.bytes / 1e6, cost.median, cost.max].map((value) => value.toFixed(2)),
    `${(peak / 1e6).toFixed(0)} MB`,
    String(lost),
  ];
}
