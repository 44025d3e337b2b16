import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { RecordShape } from './record-shape.ts';

const BLOCK_BYTES = 1024 * 1024;

/** A small generator of its own, so that a corpus is the same everywhere (Park and Miller's minimal standard). */
function randoms(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state;
  };
}

/** The entries of one container, one every millisecond from `startMs` on. They go on where the file before ended. */
export class ContainerLog {
  readonly #shape: RecordShape;
  readonly #next: () => number;
  #timeMs: number;

  constructor(shape: RecordShape, seed: number, startMs: number) {
    this.#shape = shape;
    this.#next = randoms(seed);
    this.#timeMs = startMs;
  }

  /** Writes a file of about `bytes` bytes, of whole entries, at least one, and returns how many. */
  writeFile(path: string, bytes: number): number {
    mkdirSync(dirname(path), { recursive: true });
    const entries = Math.max(1, Math.floor(bytes / this.#shape.entryBytes));
    const perBlock = Math.ceil(BLOCK_BYTES / this.#shape.entryBytes);
    const fd = openSync(path, 'w');
    for (let written = 0; written < entries; written += perBlock) writeSync(fd, this.#block(Math.min(perBlock, entries - written)));
    closeSync(fd);
    return entries;
  }

  #block(entries: number): string {
    let text = '';
    for (let index = 0; index < entries; index += 1) text += this.#shape.entry(this.#time(), this.#next);
    return text;
  }

  #time(): string {
    const time = new Date(this.#timeMs).toISOString();
    this.#timeMs += 1;
    return `${time.slice(0, -1)}${String(this.#next() % 1_000_000).padStart(6, '0')}Z`;
  }
}
