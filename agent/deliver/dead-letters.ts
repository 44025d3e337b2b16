import { isUtf8 } from 'node:buffer';
import { appendFile, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { RefusedEntry } from './output.ts';

/** What a file of dead letters may grow to; entries beyond are counted only. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Entries that a store refused, kept for the operator: JSON lines with reason, labels, time, metadata and the line
 * (`line`, or `line_base64` where it is not UTF-8).
 */
export class DeadLetters {
  readonly #path: string;
  /** Batches are refused side by side, and the file shall hold whole lines. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(path: string) {
    this.#path = path;
  }

  /** Appends entries; false when the file is full. Rejects on I/O errors. */
  add(reason: string, detail: string, entries: readonly RefusedEntry[]): Promise<boolean> {
    const added = this.#last.then(() => this.#append(reason, detail, entries));
    this.#last = added.catch(() => undefined);
    return added;
  }

  async #append(reason: string, detail: string, entries: readonly RefusedEntry[]): Promise<boolean> {
    await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
    const { size } = await stat(this.#path).catch(() => ({ size: 0 }));
    const text = entries.map((entry) => `${JSON.stringify({ reason, detail, ...letterOf(entry) })}\n`).join('');
    if (size + Buffer.byteLength(text) > MAX_BYTES) return false;
    await appendFile(this.#path, text, { mode: 0o600 });
    return true;
  }
}

function letterOf({ labels, timestampNs, line, metadata }: RefusedEntry): object {
  const text = isUtf8(line) ? { line: line.toString('utf8') } : { line_base64: line.toString('base64') };
  return { labels, timestamp_ns: timestampNs, metadata: Object.fromEntries(metadata), ...text };
}
