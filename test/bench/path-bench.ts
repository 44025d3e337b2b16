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
  const row = (name: string, seconds: readonly number[]): void => {
    const { min, median, max } = spreadOf(seconds);
    const rate = (cpu: number): string => (lines / cpu / 1e6).toFixed(2).padStart(6);
    console.log(`${name.padEnd(34)}${[min, median, max].map((s) => s.toFixed(2).padStart(7)).join('')}   ${rate(median)}   ${rate(min)}`);
  };
  console.log(`${lines} lines of ${LINE_BYTES} bytes, ${runs} runs in turns           CPU seconds       million lines per CPU-second`);
  console.log('                                      min median    max    median    best');
  row('limit: read, count LFs, compress', limits);
  row('path: read, decode, encode, compress', paths);
  const ratios = limits.map((limit, run) => limit / paths[run]!);
  const { min, median } = spreadOf(ratios);
  console.log(`path / limit: ${(median * 100).toFixed(0)} % of its speed (median of pairs; lowest ${(min * 100).toFixed(0)} %)`);
  console.log(`on the wire: ${(bytes / 1048576).toFixed(0)} MiB of ${((lines * LINE_BYTES) / 1048576).toFixed(0)} MiB`);
}
