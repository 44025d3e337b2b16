import { closeSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { type FileSystem, systemFiles } from '../../agent/runtime/file-system.ts';

/** The live file and the rotated ones. */
const MAX_FILES = 5;
/** More than a fingerprint is made of, now and then. */
const LONGEST_LINE = 700;

/** A container's log whose writing and rotation go on by single system calls, at whatever moment `step` is called. */
export class SlowRotation implements Disposable {
  readonly live: string;
  /** All that was ever written. */
  text = '';
  /** So much of it may be deleted. */
  settled = 0;
  readonly #folder: string;
  readonly #steps: Iterator<unknown>;
  #fd: number;
  #lines = 0;
  /** Where in the text each rotated file ends. */
  readonly #ends: number[] = [];

  constructor(folder: string) {
    this.#folder = folder;
    this.live = join(folder, '0.log');
    this.#fd = openSync(this.live, 'a');
    this.#steps = this.#run();
    this.#print(this.#fd);
  }

  step(count = 1): void {
    for (let left = count; left > 0; left -= 1) this.#steps.next();
  }

  *#run(): Generator {
    for (;;) {
      for (let lines = this.#lines % 4; lines >= 0; lines -= 1) yield this.#print(this.#fd);
      if ((this.#ends.at(1 - MAX_FILES) ?? 0) <= this.settled) yield* this.#rotate();
    }
  }

  /** As container_log_manager.go does it: the oldest goes, the youngest is compressed, the live one gets a new name; then the runtime reopens. */
  *#rotate(): Generator {
    for (const name of this.#rotated().slice(0, 2 - MAX_FILES)) yield rmSync(name);
    for (const name of this.#rotated().filter((file) => !file.endsWith('.gz'))) {
      yield writeFileSync(`${name}.tmp`, gzipSync(readFileSync(name)));
      yield renameSync(`${name}.tmp`, `${name}.gz`);
      yield rmSync(name);
    }
    const old = this.#fd;
    yield renameSync(this.live, `${this.live}.20240501-${timeOf(this.#ends.length, '')}`);
    yield this.#print(old);
    this.#fd = openSync(this.live, 'a');
    this.#ends.push(this.text.length);
    yield closeSync(old);
  }

  #print(fd: number): void {
    const line = `2024-05-01T${timeOf(this.#lines, ':')}.000000000Z stdout F ${this.#lines} ${'.'.repeat((this.#lines * 7919) % LONGEST_LINE)}\n`;
    this.#lines += 1;
    this.text += line;
    writeSync(fd, line);
  }

  #rotated(): string[] {
    const names = readdirSync(this.#folder).filter((name) => name !== '0.log' && !name.endsWith('.tmp'));
    return names.sort().map((name) => join(this.#folder, name));
  }

  /** Where in the text the files begin that are there and not empty. */
  begins(): number[] {
    const names = this.#rotated();
    const live = readdirSync(this.#folder).includes('0.log') ? [this.live] : [];
    const contents = [...names, ...live].map((name) => (name.endsWith('.gz') ? gunzipSync(readFileSync(name)) : readFileSync(name)));
    return [...new Set(contents.filter(({ length }) => length > 0).map((content) => this.text.indexOf(content.toString())))];
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
  }
}

function timeOf(seconds: number, separator: string): string {
  return [12, Math.floor(seconds / 60), seconds % 60].map((part) => String(part).padStart(2, '0')).join(separator);
}

/** The file system, on which `before` happens before each look at a directory, a name or a file. */
export function interrupted(before: () => void): FileSystem {
  const interrupt =
    <A extends unknown[], R>(call: (...args: A) => R) =>
    (...args: A): R => {
      before();
      return call(...args);
    };
  return {
    readdirSync: interrupt(systemFiles.readdirSync) as FileSystem['readdirSync'],
    statSync: interrupt(systemFiles.statSync) as FileSystem['statSync'],
    openSync: interrupt(systemFiles.openSync),
    readSync: interrupt(systemFiles.readSync) as FileSystem['readSync'],
    read: interrupt(systemFiles.read) as FileSystem['read'],
  };
}
