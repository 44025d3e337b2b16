import { expect, test } from 'vitest';
import { logferry } from '../contestants/logferry.ts';
import type { LogTree } from '../corpus/log-tree.ts';
import type { Result } from './contest.ts';
import { contestReport, speedRatio } from './contest-report.ts';
import type { Drained } from './drain.ts';

const TREE: LogTree = { logDir: '/logs', bytes: 266e6, records: 1_000_000, entries: 1_000_000 };

function result(name: string, cpuSeconds: readonly number[], lost: readonly number[] = cpuSeconds.map(() => 0)): Result {
  const drained: Drained[] = cpuSeconds.map((seconds, run) => ({
    cpuSeconds: seconds,
    peakBytes: 100e6,
    wireBytes: 80e6,
    lost: lost[run]!,
  }));
  return { contestant: logferry(name), drained };
}

test('a ratio is the median of neighbours in turn, so that a slow minute of the machine hits both', () => {
  const results = [result('logferry', [1, 10, 2]), result('limit', [0.5, 5, 2])];
  expect(speedRatio(results, 'logferry', 'limit')).toBe(0.5);
  expect(speedRatio(results, 'limit', 'logferry')).toBe(2);
  expect(speedRatio(results, 'logferry', 'rsyslogd')).toBeNull();
});

test('rates of the median and of the slowest run, by lines and by bytes', () => {
  const row = contestReport([result('logferry', [2, 1, 4])], TREE).split('\n')[1];
  expect(row).toBe('logferry        500 k  250 k       133     67    100 MB        80 MB     0         1.00');
});

function reportOf(lost: readonly number[]): string {
  return contestReport([result('rsyslogd', [1, 1], lost)], TREE);
}

test('lost lines of the worst run, which lines that came twice in another one do not hide', () => {
  expect(reportOf([0, 17])).toMatch(/ 17$/m);
  expect(reportOf([-20, 17])).toMatch(/ 17, 20 too many$/m);
  expect(reportOf([-20, 0])).toMatch(/ 20 too many$/m);
});
