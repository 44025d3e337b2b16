import type { LogTree } from '../corpus/log-tree.ts';
import type { Result } from './contest.ts';
import { spreadOf } from '../spread.ts';
import { table } from './table.ts';

const HEADINGS = ['', 'lines/CPU-s', 'least', 'MB/CPU-s', 'least', 'peak RSS', 'on the wire', 'lost', 'of logferry'];

/** The speed of `name` as a multiple of that of `of`: the median of the runs, each compared with its neighbour in turn. */
export function speedRatio(results: readonly Result[], name: string, of: string): number | null {
  const [ours, theirs] = [name, of].map((wanted) => results.find(({ contestant }) => contestant.name === wanted));
  if (ours === undefined || theirs === undefined) return null;
  return spreadOf(theirs.drained.map(({ cpuSeconds }, run) => cpuSeconds / ours.drained[run]!.cpuSeconds)).median;
}

/** A table of a contest; medians of the runs, and the least where it says so. Lines are entries, whoever joins their parts or does not. */
export function contestReport(results: readonly Result[], tree: LogTree): string {
  const rows = results.map(({ contestant, drained }) => {
    const cpu = spreadOf(drained.map(({ cpuSeconds }) => cpuSeconds));
    const ratio = speedRatio(results, contestant.name, 'logferry');
    return [
      contestant.name,
      thousands(tree.entries / cpu.median),
      thousands(tree.entries / cpu.max),
      megabytes(tree.bytes / cpu.median),
      megabytes(tree.bytes / cpu.max),
      `${megabytes(spreadOf(drained.map(({ peakBytes }) => peakBytes)).median)} MB`,
      `${megabytes(spreadOf(drained.map(({ wireBytes }) => wireBytes)).median)} MB`,
      lostText(drained.map(({ lost }) => lost)),
      ratio === null ? '' : ratio.toFixed(2),
    ];
  });
  const remarks = results.map(({ contestant }) => `${contestant.name}: ${contestant.remark}`).join('. ');
  return `${table([HEADINGS, ...rows])}\n${remarks}.`;
}

/** The worst run; lines that came twice hide none that are missing in another run. */
function lostText(lost: readonly number[]): string {
  const { min, max } = spreadOf(lost);
  return min < 0 ? `${max > 0 ? `${max}, ` : ''}${-min} too many` : String(max);
}

function thousands(perSecond: number): string {
  return `${(perSecond / 1000).toFixed(perSecond < 10_000 ? 1 : 0)} k`;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(bytes < 10e6 ? 1 : 0);
}
