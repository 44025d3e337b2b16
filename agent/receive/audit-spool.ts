import { mkdir, rename, stat, unlink } from 'node:fs/promises';
import type { FileId } from '../model/position.ts';
import type { Clock } from '../runtime/clock.ts';
import { syncDirectory } from '../runtime/sync-directory.ts';
import { isSystemError } from '../runtime/system-error.ts';
import { SpoolFile } from './spool-file.ts';
import { liveFile, type RotatedFile, rotatedFile, rotatedFiles } from './spool-files.ts';

/** What became of lines: on disk, no room in the spool, or the disk does not take them, and why. */
export type Stored = { readonly kind: 'stored' } | { readonly kind: 'full' } | { readonly kind: 'trouble'; readonly why: string };

export interface SpoolOptions {
  readonly directory: string;
  /** Beyond this the live file is rotated away. */
  readonly fileBytes: number;
  /** All files together hold no more. */
  readonly spoolBytes: number;
  readonly clock: Clock;
}

interface Waiting {
  readonly lines: Buffer;
  readonly resolve: (stored: Stored) => void;
  readonly reject: (bug: unknown) => void;
}

/**
 * Received events on disk, in the form of an API server's own audit log: `audit.log`, and what was rotated away from it, one event a line.
 * Lines that come while others are being written wait for these, and then share one write and one fdatasync. Nothing is kept in memory
 * but what waits, and the disk alone decides what is stored: I/O errors are answered, and tried again with the next lines.
 */
export class AuditSpool implements AsyncDisposable {
  readonly #options: SpoolOptions;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | null = null;
  #live: SpoolFile | null = null;
  #liveBytes = 0;
  #rotated: RotatedFile[];

  private constructor(options: SpoolOptions, rotated: RotatedFile[]) {
    this.#options = options;
    this.#rotated = rotated;
  }

  /** Finds what an earlier run has left and mends its end. Rejects when the directory cannot be used at all. */
  static async open(options: SpoolOptions): Promise<AuditSpool> {
    await mkdir(options.directory, { recursive: true, mode: 0o700 });
    const spool = new AuditSpool(options, await rotatedFiles(options.directory));
    await spool.#openLive();
    return spool;
  }

  /** Of all files, stored or not. */
  get bytes(): number {
    return this.#rotated.reduce((sum, { size }) => sum + size, this.#liveBytes);
  }

  /** Adds whole lines, each with its LF. Resolves once they are on disk, or it is known why they are not. */
  append(lines: Buffer): Promise<Stored> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ lines, resolve, reject });
      this.#writing ??= this.#writeAll();
    });
  }

  /**
   * Removes rotated files, from the oldest on, up to the first that is still needed: something in it is not settled in every position that
   * a restart would begin with. A position that names a file that is gone would tell of a loss.
   */
  async release(isNeeded: (file: FileId, path: string) => boolean): Promise<void> {
    for (let oldest = this.#rotated[0]; oldest !== undefined; oldest = this.#rotated[0]) {
      const stats = await stat(oldest.path, { bigint: true }).catch(absent);
      if (stats !== null && isNeeded({ dev: String(stats.dev), ino: String(stats.ino) }, oldest.path)) return;
      if (stats !== null) await unlink(oldest.path);
      this.#rotated.shift();
    }
  }

  async #writeAll(): Promise<void> {
    // What comes in the same turn goes together; and `#writing` is set before this can end.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const group = this.#takeFitting();
      try {
        const stored = group.length === 0 ? STORED : await this.#write(Buffer.concat(group.map(({ lines }) => lines)));
        for (const { resolve } of group) resolve(stored);
      } catch (bug) {
        for (const { reject } of group) reject(bug);
      }
    }
    this.#writing = null;
  }

  /** All that waits and has room in the spool; the others are answered. */
  #takeFitting(): Waiting[] {
    let room = this.#options.spoolBytes - this.bytes;
    const fitting: Waiting[] = [];
    for (const waiting of this.#waiting.splice(0)) {
      if (waiting.lines.length > room) waiting.resolve({ kind: 'full' });
      else {
        room -= waiting.lines.length;
        fitting.push(waiting);
      }
    }
    return fitting;
  }

  async #write(lines: Buffer): Promise<Stored> {
    try {
      const live = await this.#liveFor(lines.length);
      await live.append(lines);
      this.#liveBytes = live.size;
      return STORED;
    } catch (error) {
      await this.#closeLive().catch(() => undefined);
      if (!isSystemError(error)) throw error;
      return { kind: 'trouble', why: error.message };
    }
  }

  /** The file for so many bytes. It is mended before it can be rotated away. */
  async #liveFor(bytes: number): Promise<SpoolFile> {
    const live = this.#live ?? (await this.#openLive());
    if (live.size === 0 || live.size + bytes <= this.#options.fileBytes) return live;
    await this.#rotate();
    return this.#openLive();
  }

  async #openLive(): Promise<SpoolFile> {
    this.#live = await SpoolFile.open(liveFile(this.#options.directory));
    this.#liveBytes = this.#live.size;
    await syncDirectory(this.#options.directory);
    return this.#live;
  }

  /** A step of the clock back gives no name that was given, nor one that sorts before it. */
  async #rotate(): Promise<void> {
    const { directory, clock } = this.#options;
    const size = this.#liveBytes;
    await this.#closeLive();
    const rotatedMs = Math.max(Math.floor(clock.now()), (this.#rotated.at(-1)?.rotatedMs ?? 0) + 1);
    const path = rotatedFile(directory, rotatedMs);
    await rename(liveFile(directory), path);
    this.#rotated.push({ path, size, rotatedMs });
    this.#liveBytes = 0;
  }

  async #closeLive(): Promise<void> {
    const live = this.#live;
    this.#live = null;
    await live?.close();
  }

  /** Ends when what waits is written. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writing;
    await this.#closeLive();
  }
}

const STORED: Stored = { kind: 'stored' };

function absent(error: unknown): null {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  return null;
}
