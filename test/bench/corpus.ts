import { closeSync, existsSync, mkdirSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Bytes of one generated line, its header and LF included. */
export const LINE_BYTES = 260;
const BLOCK_LINES = 4096;
const START_MS = Date.UTC(2026, 10, 22);
const WORDS = 'request served from cache in time with status user session retry upstream timeout order basket payment'.split(' ');

/** A small generator of its own, so that a corpus is the same everywhere (Park and Miller's minimal standard). */
function* randoms(seed: number): Generator<number, never> {
  let state = seed;
  for (;;) {
    state = (state * 48271) % 2147483647;
    yield state;
  }
}

/** One CRI line of LINE_BYTES: a JSON log line that compresses about as real ones do (about 3 times with snappy). */
function line(index: number, random: Generator<number, never>): string {
  const next = (): number => random.next().value;
  const nanos = String(next() % 1e9).padStart(9, '1');
  const time = new Date(START_MS + index * 10).toISOString().slice(0, 19);
  const channel = next() % 5 === 0 ? 'stderr' : 'stdout';
  const tail = `","path":"/api/v1/orders/${next() % 100000}","took_ms":${next() % 1000}}`;
  let text = `${time}.${nanos}Z ${channel} F {"level":"info","ts":${START_MS + index * 10},"trace":"${next().toString(16)}${next().toString(16)}","msg":"`;
  while (text.length + tail.length < LINE_BYTES) text += `${WORDS[(next() >> 8) % WORDS.length]} `;
  return `${text.slice(0, LINE_BYTES - 1 - tail.length)}${tail}`;
}

/** Writes a container log of `bytes` bytes of CRI lines, unless it is there from an earlier run. Returns the number of lines. */
export function writeCorpus(path: string, bytes: number, seed: number): number {
  const lines = Math.floor(bytes / LINE_BYTES);
  if (existsSync(path) && statSync(path).size === lines * LINE_BYTES) return lines;
  mkdirSync(dirname(path), { recursive: true });
  const random = randoms(seed);
  const fd = openSync(`${path}.part`, 'w');
  for (let index = 0; index < lines; index += BLOCK_LINES) {
    const count = Math.min(BLOCK_LINES, lines - index);
    writeSync(fd, Array.from({ length: count }, (_, i) => `${line(index + i, random)}\n`).join(''));
  }
  closeSync(fd);
  renameSync(`${path}.part`, path);
  return lines;
}
