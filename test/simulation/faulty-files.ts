import fs from 'node:fs';
import type { FileSystem } from '../../agent/runtime/file-system.ts';

/** What the file system says to the next call of one kind. */
export type FileFault = 'open_EMFILE' | 'open_EACCES' | 'open_EIO' | 'read_EIO' | 'read_short' | 'list_EIO' | 'stat_EIO';

function systemError(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: as scripted`), { code });
}

/**
 * The real file system, which fails when it is told to. Reads are done at once and answered in the next turn of the event loop, so that
 * nothing depends on how fast a disk is.
 */
export class FaultyFiles implements FileSystem {
  readonly #faults: FileFault[] = [];
  #hidden: RegExp | null = null;
  readonly readSync: FileSystem['readSync'] = fs.readSync;
  readonly read: FileSystem['read'];
  readonly openSync: FileSystem['openSync'];
  readonly readdirSync: FileSystem['readdirSync'];
  readonly statSync: FileSystem['statSync'];

  constructor() {
    this.openSync = (...call) => {
      for (const code of ['EMFILE', 'EACCES', 'EIO'] as const) if (this.#take(`open_${code}`)) throw systemError(code);
      return fs.openSync(...call);
    };
    this.read = ((fd: number, target: Buffer, ...rest: [number, number, number, (error: Error | null, bytes: number) => void]) => {
      const [at, length, offset, answer] = rest;
      const error = this.#take('read_EIO') ? systemError('EIO') : null;
      const wanted = this.#take('read_short') ? Math.ceil(length / 1000) : length;
      const bytes = error === null ? fs.readSync(fd, target, at, wanted, offset) : 0;
      setImmediate(() => answer(error, bytes));
    }) as FileSystem['read'];
    this.readdirSync = ((path: string) => {
      if (this.#take('list_EIO')) throw systemError('EIO');
      return fs.readdirSync(path).filter((name) => this.#hidden?.test(name) !== true);
    }) as FileSystem['readdirSync'];
    this.statSync = ((...call: Parameters<typeof fs.statSync>) => {
      if (this.#take('stat_EIO')) throw systemError('EIO');
      return fs.statSync(...call);
    }) as FileSystem['statSync'];
  }

  fail(...faults: readonly FileFault[]): void {
    this.#faults.push(...faults);
  }

  /** From now on files of such names are never listed: no file system does that. */
  hide(names: RegExp): void {
    this.#hidden = names;
  }

  heal(): void {
    this.#faults.length = 0;
  }

  /** Whether the next fault is this one; then it is over. */
  #take(fault: FileFault): boolean {
    if (this.#faults[0] !== fault) return false;
    this.#faults.shift();
    return true;
  }
}
