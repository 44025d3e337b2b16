import { hash } from 'node:crypto';
import { type BigIntStats, closeSync, fstatSync } from 'node:fs';
import type { FileId, Fingerprint, Time } from '../model/position.ts';
import type { OpenFailure } from './open-failure.ts';
import { type Opened, type Opening, openRegular } from './open-regular.ts';

/** Enough to tell apart files whose first records carry nanosecond times. */
export const FINGERPRINT_BYTES = 1024;
const NOTHING = Buffer.alloc(0);
/** How far back the end of the last line is looked for: more than a record of a container runtime is long. */
const LAST_LINE_BYTES = 65_536;
const LF = 10;

/** A file as it stands now. */
export interface FileLook {
  /** Bytes of its content. */
  readonly size: number;
  /** No name leads to it any more: its bytes last as long as the descriptor. */
  readonly deleted: boolean;
}

/** One open inode of a log. Reads by offset; holds the descriptor until `close`, whatever happens to the name. */
export class LogFile {
  readonly id: FileId;
  /** The name it was opened by; it may have another one since. */
  readonly path: string;
  /** Creation time of the inode; with the file systems that do not keep one, its last change as it was opened. */
  readonly birth: Time;
  readonly #fd: number;
  readonly #opening: Opening;

  private constructor({ fd, stat }: Opened, path: string, opening: Opening) {
    this.#fd = fd;
    this.path = path;
    this.#opening = opening;
    opening.descriptors.opened();
    this.id = fileIdOf(stat);
    const ns = stat.birthtimeNs > 0n ? stat.birthtimeNs : stat.ctimeNs;
    this.birth = [Number(ns / 1_000_000_000n), Number(ns % 1_000_000_000n)];
  }

  /** Opens what may be opened as a log, see `openRegular`. */
  static open(path: string, opening: Opening): LogFile | OpenFailure {
    const opened = openRegular(path, opening);
    return typeof opened === 'string' ? opened : new LogFile(opened, path, opening);
  }

  look(): FileLook {
    const { size, nlink } = fstatSync(this.#fd);
    return { size, deleted: nlink === 0 };
  }

  /** More may be written to it. */
  get complete(): boolean {
    return false;
  }

  /** What stands in it can be read. */
  get damaged(): boolean {
    return false;
  }

  /** It says nothing of its size. */
  get claimedSize(): null {
    return null;
  }

  /** Of the first bytes there are, FINGERPRINT_BYTES at most; of none when they cannot be read. */
  fingerprint(): Fingerprint {
    return fingerprintOf(this.head() ?? NOTHING, this.birth);
  }

  /**
   * `known`, made to cover more of a young file that has grown; null when the file does not begin like that. One read serves both,
   * so that a file that is written anew in between is not taken for a grown one. What cannot be read is not said to differ.
   */
  grown(known: Fingerprint): Fingerprint | null {
    const head = this.head();
    return head === null ? known : grownFingerprint(known, head, this.birth);
  }

  /** The first bytes of the content, FINGERPRINT_BYTES at most; null when they cannot be read. */
  head(): Buffer | null {
    try {
      return this.peek(FINGERPRINT_BYTES, 0);
    } catch {
      return null;
    }
  }

  /** Bytes of the content at `offset`, at once; fewer at the end. Throws on I/O errors. */
  peek(bytes: number, offset: number): Buffer {
    const target = Buffer.allocUnsafe(bytes);
    let length = 0;
    // A file system may give it in pieces, and a file that seems to begin with less than it did is taken for one that was written anew.
    for (let more = -1; more !== 0 && length < bytes; length += more)
      more = this.#opening.fs.readSync(this.#fd, target, length, bytes - length, offset + length);
    return target.subarray(0, length);
  }

  /** The offset behind the last line feed; the size where there is none far and wide. Throws on I/O errors. */
  endOfLines(): number {
    const { size } = this.look();
    const from = Math.max(0, size - LAST_LINE_BYTES);
    const lf = this.peek(size - from, from).lastIndexOf(LF);
    return lf === -1 && from > 0 ? size : from + lf + 1;
  }

  /** Reads up to `target.length` bytes at `offset`; resolves with how many, 0 at the end. Rejects on I/O errors. */
  read(target: Buffer, offset: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#opening.fs.read(this.#fd, target, 0, target.length, offset, (error, bytes) =>
        error === null ? resolve(bytes) : reject(error),
      );
    });
  }

  close(): void {
    closeSync(this.#fd);
    this.#opening.descriptors.closed();
  }
}

/** Of the given beginning of a file's content. An empty file is known by its birth: its inode may have been another file's a moment ago. */
export function fingerprintOf(head: Buffer, birth: Time): Fingerprint {
  const text = head.length === 0 ? `born ${birth.join('.')}` : hash('sha256', head, 'hex').slice(0, 32);
  return { bytes: head.length, hash: text };
}

/** `known`, made to cover all of `head`; null when `head` does not begin with what `known` was made of. */
export function grownFingerprint(known: Fingerprint, head: Buffer, birth: Time): Fingerprint | null {
  const then = fingerprintOf(head.subarray(0, known.bytes), birth);
  if (then.bytes !== known.bytes || then.hash !== known.hash) return null;
  return then.bytes === FINGERPRINT_BYTES ? known : fingerprintOf(head, birth);
}

export function fileIdOf(stat: BigIntStats): FileId {
  return { dev: String(stat.dev), ino: String(stat.ino) };
}

export function isSameFile(a: FileId, b: FileId): boolean {
  return a.ino === b.ino && a.dev === b.dev;
}
