import { spawnSync } from 'node:child_process';
import { appendFileSync, closeSync, openSync, truncateSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createGzip } from 'node:zlib';
import { once } from 'node:events';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { AgentBench } from '../support/agent-bench.ts';
import { tempDir } from '../support/temp-dir.ts';

const MIB = 1024 * 1024;
/** The path of a line through the agent's own code, which ends with an account of itself. */
const PATH_MAIN = join(import.meta.dirname, '../bench/path-main.ts');
/** What is kept for a line, or for a piece of one, does not fit into this beside all that is there anyway. */
const HEAP = ['--max-old-space-size=24', '--max-semi-space-size=1'];
const SAY_PEAK = ['--import', 'data:text/javascript,process.on("exit",()=>console.error(process.resourceUsage().maxRSS))'];
/** By how much the peaks of two runs on the same machine may differ: buffers are let go when the collector comes to it. */
const SLACK_BYTES = 40 * MIB;
const HEAD = '2026-11-22T00:00:00Z stdout F ';

interface Account {
  readonly lines: number;
  /** Of all that was sent. */
  readonly compressed: number;
  readonly peakBytes: number;
}

/** Ships a log with all its rotated files. @throws when the heap is too small for that */
function ship(log: string): Account {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...HEAP, ...SAY_PEAK, PATH_MAIN, log], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`it ended with ${status}:\n${stderr.slice(-2000)}`);
  const { lines, compressed } = JSON.parse(stdout) as Account;
  return { lines, compressed, peakBytes: Number(stderr.trim().split('\n').at(-1)) * 1024 };
}

async function directory(): Promise<string> {
  const dir = await tempDir();
  onTestFinished(() => dir[Symbol.asyncDispose]());
  return dir.path;
}

/** A file of one line that is `bytes` long and takes no room on disk, and a short one behind it. */
function longLine(path: string, bytes: number): string {
  writeFileSync(path, HEAD);
  truncateSync(path, HEAD.length + bytes);
  appendFileSync(path, `\n${HEAD}after\n`);
  return path;
}

/** Zeros: a thousandth of it is left. */
async function gzipBomb(path: string, bytes: number): Promise<void> {
  const gzip = createGzip();
  const file = openSync(path, 'w');
  gzip.on('data', (chunk: Buffer) => void writeSync(file, chunk));
  for (let written = 0; written < bytes; written += MIB) if (!gzip.write(Buffer.alloc(MIB))) await once(gzip, 'drain');
  gzip.end();
  await once(gzip, 'end');
  closeSync(file);
}

let ordinary: Account;
beforeAll(async () => {
  const dir = await tempDir();
  const path = join(dir.path, '0.log');
  writeFileSync(path, `${HEAD}${'x'.repeat(250)}\n`.repeat(200_000));
  ordinary = ship(path);
  await dir[Symbol.asyncDispose]();
});

describe('I3 memory does not grow', () => {
  test('with the length of a line', async () => {
    const account = ship(longLine(join(await directory(), '0.log'), 512 * MIB));
    expect(account.lines).toBe(512 * 4 + 1);
    expect(account.peakBytes).toBeLessThan(ordinary.peakBytes + SLACK_BYTES);
  });

  test.each([
    ['line feeds alone', '\n', 4_000_000],
    ['records of empty lines', `${HEAD}\n`, 2_000_000],
    ['records of empty parts', '2026-11-22T00:00:00Z stdout P \n', 1_000_000],
  ])('with the number of lines: %s', async (_, record, count) => {
    const path = join(await directory(), '0.log');
    writeFileSync(path, `${record.repeat(count)}${HEAD}after\n`);
    const { lines, compressed, peakBytes } = ship(path);
    expect(lines).toBe(record.includes(' P ') ? 1 : count + 1);
    // What it costs the network and the store is a few bytes each.
    expect(compressed / count).toBeLessThan(16);
    expect(peakBytes).toBeLessThan(ordinary.peakBytes + SLACK_BYTES);
  });

  test('with what a compressed file swells to', async () => {
    const path = join(await directory(), '0.log');
    await gzipBomb(`${path}.20260101-000000.gz`, 512 * MIB);
    writeFileSync(path, `${HEAD}after\n`);
    const account = ship(path);
    expect(account.lines).toBe(512 * 4 + 1);
    expect(account.peakBytes).toBeLessThan(ordinary.peakBytes + SLACK_BYTES);
  });
});

test('a file of 10 GB is counted and read on like any other', async () => {
  await using bench = await AgentBench.create({ config: { containers: { start: 'end' } } });
  const { log, names } = bench.logs.start({ namespace: 'shop', pod: 'cart-7d4', uid: 'u-1', container: 'app' });
  const now = `${new Date(bench.clock.now()).toISOString()} stdout F `;
  writeFileSync(log.file, now);
  truncateSync(log.file, 10 * 1024 * MIB);
  appendFileSync(log.file, '\n');
  await bench.start();
  await bench.until(async () => (await bench.globalMetric('logferry_sources{output="loki"}')) === 1);
  appendFileSync(log.file, `${now}after\n`);
  await bench.until(() => bench.loki.counts.stored > 0);
  const { container } = names;
  expect(bench.loki.entries({ container }).map(({ line }) => line.toString())).toStrictEqual(['after']);
  expect(await bench.metric('logferry_ledger_unbalanced_bytes')).toBe(0);
});
