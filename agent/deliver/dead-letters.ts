import { type FileHandle, mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Metadata } from '../model/record.ts';
import type { DropReason } from '../model/verdict.ts';
import type { Clock } from '../runtime/clock.ts';
import { endOfLastLine, readRange } from '../runtime/last-line.ts';
import { syncDirectory } from '../runtime/sync-directory.ts';
import { formatLetter, parseLetter } from './letter-line.ts';

/** An entry that a store refused for good: why, where it stood on the node, and all that it takes to push it again, byte for byte. */
export interface DeadLetter {
  readonly reason: DropReason;
  /** What the store said. */
  readonly detail: string;
  /** Id of the source; empty when it is not known, as are `file` and `offset`. */
  readonly source: string;
  /** The file that the entry was read from, and the place of its first byte in the (decompressed) content. */
  readonly file: string;
  readonly offset: number;
  /** The tenant that it was pushed as; absent: that of its output. */
  readonly tenant?: string;
  /** The label set in the form that it was pushed in. */
  readonly labels: string;
  /** Nanoseconds since 1970, in decimal. */
  readonly timestampNs: string;
  readonly line: Buffer;
  readonly metadata: Metadata;
}

/**
 * The dead-letter file of one output, as the agent appends to it: whole JSON lines, no more than `maxBytes` of them. The agent alone
 * writes to a file of this name; a replay takes the file away by renaming it.
 */
export class DeadLetters {
  readonly path: string;
  readonly #maxBytes: number;
  readonly #clock: Clock;
  /** Batches are refused side by side, and the file shall hold whole lines. */
  #last: Promise<unknown> = Promise.resolve();
  #isNameDurable = false;

  constructor(path: string, maxBytes: number, clock: Clock) {
    this.path = path;
    this.#maxBytes = maxBytes;
    this.#clock = clock;
  }

  /**
   * Appends letters in order. Resolves once they are durable, so that positions may pass their entries: true when all are kept, false
   * when the file is full, and only those before the first that did not fit are. Rejects on I/O errors, the file then as before.
   */
  add(letters: readonly DeadLetter[]): Promise<boolean> {
    const added = this.#last.then(() => this.#append(letters));
    this.#last = added.catch(() => undefined);
    return added;
  }

  /** A file that a replay took away meanwhile may have been read to its end before: then all is done again, in a new one. */
  async #append(letters: readonly DeadLetter[]): Promise<boolean> {
    await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
    for (;;) {
      await using file = await open(this.path, 'a+', 0o600);
      const size = await mend(file);
      const { text, isAll } = this.#fitting(letters, this.#maxBytes - size);
      if (text !== '') await appendDurably(file, text, size);
      if (size === 0 || !this.#isNameDurable) await syncDirectory(dirname(this.path));
      this.#isNameDurable = true;
      if (await isStill(file, this.path)) return isAll;
    }
  }

  #fitting(letters: readonly DeadLetter[], room: number): { text: string; isAll: boolean } {
    const lines: string[] = [];
    let bytes = 0;
    for (const letter of letters) {
      const line = formatLetter(letter, this.#clock.now());
      bytes += Buffer.byteLength(line);
      if (bytes > room) break;
      lines.push(line);
    }
    return { text: lines.join(''), isAll: lines.length === letters.length };
  }
}

async function appendDurably(file: FileHandle, text: string, size: number): Promise<void> {
  try {
    await file.appendFile(text);
    await file.sync();
  } catch (error) {
    // Should this fail too, the next append mends the file.
    await file.truncate(size).catch(() => undefined);
    throw error;
  }
}

/**
 * Makes the file end with a whole line and returns its size then. What a crash or a full disk tore was promised to nobody, and is cut
 * off; a letter whose LF an editor has taken gets it back.
 */
async function mend(file: FileHandle): Promise<number> {
  const { size } = await file.stat();
  const end = await endOfLastLine(file, size);
  if (end === size) return size;
  const isTorn = typeof parseLetter(await readRange(file, end, size)) === 'string';
  if (isTorn) await file.truncate(end);
  else await file.appendFile('\n');
  return isTorn ? end : size + 1;
}

async function isStill(file: FileHandle, path: string): Promise<boolean> {
  const held = await file.stat({ bigint: true });
  const there = await stat(path, { bigint: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return null;
  });
  return there !== null && there.ino === held.ino && there.dev === held.dev;
}
