import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { CriLines } from './cri-lines.ts';

/** A runtime writes to a rotated file for a millisecond more. */
const LATE_WRITES_MS = 200;

interface OpenFile {
  readonly fd: number;
  readonly ino: number;
  supersededMs: number | null;
}

/** The log of one container instance, read as it grows. */
export class WitnessedLog {
  readonly lines: string[] = [];
  rotations = 0;
  readonly #path: string;
  readonly #cri = new CriLines();
  readonly #buffer = Buffer.alloc(262_144);
  /** Oldest first. */
  #files: OpenFile[] = [];

  constructor(path: string) {
    this.#path = path;
  }

  /**
   * Opens what is new and reads what was written. A rotated file is closed at once, long before the kubelet removes it: an inode
   * that is held open is not given to the next file, and that the kubelet's files come with old inodes is part of what is tested.
   */
  look(): void {
    const now = Date.now();
    this.#follow(now);
    // What comes after a file is read once nothing more can come before it.
    while (this.#files.length > 0 && this.#readOldest(now)) closeSync(this.#files.shift()!.fd);
  }

  /** Returns whether nothing more will be written to it. */
  #readOldest(now: number): boolean {
    const { fd, supersededMs } = this.#files[0]!;
    const removed = fstatSync(fd).nlink === 0;
    for (let length = this.#buffer.length; length === this.#buffer.length; ) {
      length = readSync(fd, this.#buffer);
      this.lines.push(...this.#cri.feed(this.#buffer.subarray(0, length)));
    }
    return removed || (supersededMs !== null && now - supersededMs > LATE_WRITES_MS);
  }

  #follow(now: number): void {
    const newest = this.#files.at(-1);
    const found = openIfNew(this.#path, newest?.ino);
    if (found === null) return;
    if (newest !== undefined) {
      newest.supersededMs = now;
      this.rotations += 1;
    }
    this.#files.push({ ...found, supersededMs: null });
  }

  close(): void {
    for (const { fd } of this.#files) closeSync(fd);
    this.#files = [];
  }
}

/** Null where the file is the known one, or there is none at this moment. */
function openIfNew(path: string, knownIno: number | undefined): { readonly fd: number; readonly ino: number } | null {
  try {
    if (statSync(path).ino === knownIno) return null;
    const fd = openSync(path, 'r');
    return { fd, ino: fstatSync(fd).ino };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
