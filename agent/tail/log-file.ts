import { hash } from 'node:crypto';
import { type BigIntStats, closeSync, constants, fstatSync, readlinkSync, realpathSync } from 'node:fs';
import type { FileId, Fingerprint, Time } from '../model/position.ts';
import type { FileSystem } from '../runtime/file-system.ts';
import type { Descriptors } from './descriptors.ts';

/** Enough to tell apart files whose first records carry nanosecond times. */
export const FINGERPRINT_BYTES = 1024;
const NOTHING = Buffer.alloc(0);
/** How far back the end of the last line is looked for: more than a record of a container runtime is long. */
const LAST_LINE_BYTES = 65_536;
const LF = 10;

export type OpenFailure = 'missing' | 'outside_roots' | 'not_regular' | 'denied' | 'too_many_open' | 'io_error';

/** Throws what no file system has said. */
export function failureOf(error: unknown): OpenFailure {
  const { code } = error as NodeJS.ErrnoException;
  switch (code) {
    case undefined:
      throw error;
    case 'ENOENT':
    case 'ENOTDIR':
      return 'missing';
    case 'EACCES':
    case 'EPERM':
      return 'denied';
    case 'EMFILE':
    case 'ENFILE':
      return 'too_many_open';
    case 'ELOOP':
    case 'ENXIO':
      return 'not_regular';
    default:
      return 'io_error';
  }
}

function isInside(path: string, roots: readonly string[]): boolean {
  return roots.some((root) => path.startsWith(root.endsWith('/') ? root : `${root}/`));
}

/** Where an open descriptor really leads; on systems without /proc the path it was opened by. */
function realPathOf(fd: number, path: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`).replace(/ \(deleted\)$/, '');
  } catch {
    return path;
  }
}

/** A file as it stands now. */
export interface FileLook {
  /** Bytes of its content. */
  readonly size: number;
  /** No name leads to it any more: its bytes last as long as the descriptor. */
  readonly deleted: boolean;
}

/** Which files may be opened: regular ones under the `roots` (real paths), as long as there are descriptors. */
export interface Opening {
  readonly roots: readonly string[];
  readonly descriptors: Descriptors;
  readonly fs: FileSystem;
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

  private constructor(fd: number, path: string, { stat, opening }: { stat: BigIntStats; opening: Opening }) {
    this.#fd = fd;
    this.path = path;
    this.#opening = opening;
    opening.descriptors.opened();
    this.id = fileIdOf(stat);
    const ns = stat.birthtimeNs > 0n ? stat.birthtimeNs : stat.ctimeNs;
    this.birth = [Number(ns / 1_000_000_000n), Number(ns % 1_000_000_000n)];
  }

  /**
   * Opens a regular file under one of the roots, wherever links lead: a pod that plants a link must not make the agent ship
   * `/etc/shadow`. The check is made on the open descriptor too, so that a name exchanged in between is noticed. Never blocks on a FIFO.
   */
  static open(path: string, opening: Opening): LogFile | OpenFailure {
    const { roots, descriptors, fs } = opening;
    let fd: number | null = null;
    if (descriptors.exhausted) return 'too_many_open';
    try {
      const real = realpathSync.native(path);
      if (!isInside(real, roots)) return 'outside_roots';
      fd = fs.openSync(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      const stat = fstatSync(fd, { bigint: true });
      const failure = stat.isFile() ? (isInside(realPathOf(fd, real), roots) ? null : 'outside_roots') : 'not_regular';
      if (failure === null) return new LogFile(fd, path, { stat, opening });
      closeSync(fd);
      return failure;
    } catch (error) {
      if (fd !== null) closeSync(fd);
      const failure = failureOf(error);
      if (failure === 'too_many_open') descriptors.refused();
      return failure;
    }
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
