import { expect, test } from 'vitest';
import { collectorShare, type CpuProfile, selfTimes } from './cpu-profile.ts';
import { allocatedBytes } from './gc-trace.ts';

const MIB = 1024 * 1024;

function node(id: number, functionName: string, url = '', lineNumber = -1): CpuProfile['nodes'][number] {
  return { id, callFrame: { functionName, url, lineNumber } };
}

test('self times of a function from wherever it was called, as shares of the time that was not idle', () => {
  const profile: CpuProfile = {
    nodes: [
      node(1, '(idle)'),
      node(2, '(garbage collector)'),
      node(3, 'next', 'file:///app/dist/logferry.js', 99),
      node(4, 'next', 'file:///app/dist/logferry.js', 99),
      node(5, '', 'file:///app/dist/logferry.js', 0),
    ],
    samples: [1, 2, 3, 4, 5, 1],
    timeDeltas: [5000, 100, 300, 500, 100, 5000],
  };
  const times = selfTimes(profile);
  expect(times.map(({ name, share }) => [name, share])).toStrictEqual([
    ['next logferry.js:100', 0.8],
    ['(garbage collector)', 0.1],
    ['(anonymous) logferry.js:1', 0.1],
  ]);
  expect(collectorShare(times)).toBe(0.1);
});

test('what was allocated between collections, small and large, whatever else was printed', () => {
  const trace = `{"level":30,"msg":"agent started","text":"ms: 3.0 (4.0) -> 1.0 (4.0) MB"}
[7:0x55d0]       91 ms: Scavenge 5.5 (6.1) -> 4.5 (6.1) MB, pooled: 0.0 MB, 0.60 / 0.00 ms  (average mu = 1.000, current mu = 1.000) allocation failure;
[7:0x55d0]      191 ms: Scavenge (interleaved) 6.5 (8.1) -> 5.0 (8.1) MB, pooled: 0.0 MB, 0.60 / 0.00 ms allocation failure;
[7:0x55d0]      391 ms: Mark-Compact 6.0 (9.1) -> 3.0 (9.1) MB, pooled: 0.0 MB, 2.60 / 0.00 ms finalize incremental marking;
[7:0x55d0]      491 ms: Scavenge 4.0 (9.1) -> 3.0 (9.1) MB, pooled: 0.0 MB`;
  expect(allocatedBytes(trace)).toBe((5.5 + 2 + 1 + 1) * MIB);
});
