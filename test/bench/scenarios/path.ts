import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { podLog } from '../corpus/log-tree.ts';
import { USUAL } from '../corpus/record-shape.ts';
import { spreadOf } from '../spread.ts';
import { table } from '../measure/table.ts';
import type { Scenario } from './scenario.ts';

interface Work {
  readonly lines: number;
  readonly compressed: number;
  readonly cpuSeconds: number;
}

/** What a line costs inside the process, without a request, beside the limit: the ratio of the two is what stays the same from machine to machine. */
export const PATH: Scenario = {
  name: 'path',
  summary: '512 MiB of one file through read, decode, encode and compress in one process, without requests',
  run: async (bench) => {
    const tree = bench.tree('path', [{ containers: 1, bytesEach: 512 * 1024 * 1024, shape: USUAL, files: 'live' }]);
    const limits: Work[] = [];
    const paths: Work[] = [];
    for (let run = 0; run < bench.runs; run += 1) {
      limits.push(work('../contestants/limit-main.ts', tree.logDir));
      paths.push(work('../path-main.ts', podLog(tree.logDir, 0)));
    }
    const wrong = [...limits, ...paths].find(({ lines }) => lines !== tree.entries);
    if (wrong !== undefined) throw new Error(`${wrong.lines} of ${tree.entries} lines`);
    const ratio = spreadOf(limits.map(({ cpuSeconds }, run) => cpuSeconds / paths[run]!.cpuSeconds));
    console.log(`\npath: ${PATH.summary}: ${tree.entries} lines, ${bench.runs} runs in turns`);
    console.log(table([['', 'M lines/CPU-s', 'least', 'compressed'], row('limit', limits), row('path', paths)]));
    console.log(`path / limit: ${percent(ratio.median)} of its speed (median of pairs; least ${percent(ratio.min)})`);
  },
};

function work(program: string, input: string): Work {
  return JSON.parse(execFileSync(process.execPath, [join(import.meta.dirname, program), input], { encoding: 'utf8' })) as Work;
}

function row(name: string, works: readonly Work[]): string[] {
  const { lines, compressed } = works[0]!;
  const cpu = spreadOf(works.map(({ cpuSeconds }) => cpuSeconds));
  return [name, ...[cpu.median, cpu.max].map((seconds) => (lines / seconds / 1e6).toFixed(2)), `${(compressed / 1e6).toFixed(0)} MB`];
}

function percent(ratio: number): string {
  return `${(ratio * 100).toFixed(0)} %`;
}
