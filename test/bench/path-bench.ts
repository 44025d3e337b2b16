import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { LINE_BYTES, writeCorpus } from './corpus.ts';
import { spreadOf } from './spread.ts';

interface Result {
  readonly lines: number;
  readonly compressed: number;
  readonly cpuSeconds: number;
}

const CORPUS_BYTES = 512 * 1024 * 1024;

function work(worker: string, corpus: string): Result {
  const output = execFileSync(process.execPath, [join(import.meta.dirname, worker), corpus], { encoding: 'utf8' });
  return JSON.parse(output) as Result;
}

function row(name: string, cpuSeconds: readonly number[], lines: number): string {
  const { min, median, max } = spreadOf(cpuSeconds);
  const seconds = [min, median, max].map((value) => value.toFixed(2).padStart(7)).join('');
  return `${name.padEnd(38)}${seconds}${(lines / median / 1e6).toFixed(2).padStart(12)}${(lines / min / 1e6).toFixed(2).padStart(8)}`;
}

/**
 * The path of a line (read, decode, encode, compress) beside the limit (read, count LFs, compress) over the same corpus, in turns.
 * The ratio of their CPU seconds is what stays the same from machine to machine.
 */
export function benchPath(directory: string, runs: number): void {
  const corpus = join(directory, 'corpus.log');
  const lines = writeCorpus(corpus, CORPUS_BYTES, 1);
  const limits: number[] = [];
  const paths: number[] = [];
  let bytes = 0;
  for (let run = 0; run < runs; run += 1) {
    limits.push(work('limit-worker.ts', corpus).cpuSeconds);
    const result = work('path-worker.ts', corpus);
    if (result.lines !== lines) throw new Error(`decoded ${result.lines} of ${lines} lines`);
    paths.push(result.cpuSeconds);
    bytes = result.compressed;
  }
  console.log(`${lines} lines of ${LINE_BYTES} bytes, ${runs} runs in turns`);
  console.log(`${'CPU seconds'.padStart(59)}${'million lines per CPU-second'.padStart(30)}`);
  console.log(`${'min'.padStart(45)}${'median'.padStart(7)}${'max'.padStart(7)}${'median'.padStart(12)}${'best'.padStart(8)}`);
  console.log(row('limit: read, count LFs, compress', limits, lines));
  console.log(row('path: read, decode, encode, compress', paths, lines));
  const ratios = limits.map((limit, run) => limit / paths[run]!);
  const { min, median } = spreadOf(ratios);
  console.log(`path / limit: ${(median * 100).toFixed(0)} % of its speed (median of pairs; lowest ${(min * 100).toFixed(0)} %)`);
  console.log(`on the wire: ${(bytes / 1048576).toFixed(0)} MiB of ${((lines * LINE_BYTES) / 1048576).toFixed(0)} MiB`);
}
