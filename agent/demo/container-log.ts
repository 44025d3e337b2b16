import assert from 'node:assert';
import { closeSync, openSync, renameSync, writeSync } from 'node:fs';
import { type Channel, STDOUT } from '../model/record.ts';
import type { Clock } from '../runtime/clock.ts';
import { type Time, timeOf } from '../runtime/civil-time.ts';
import { compressRotated, deleteOldest, renameLive, shiftDockerFiles } from './kubelet-rotation.ts';
import { type Runtime, type RuntimeFormat, runtimeFormat } from './runtime-format.ts';

export interface ContainerLogOptions {
  readonly runtime: Runtime;
  /** `pods/<namespace>_<pod>_<uid>/<container>/<attempt>.log`. */
  readonly path: string;
  /** Where the bytes go: `path`, or with docker the json file that `path` is a link to. */
  readonly file: string;
  /** The kubelet's containerLogMaxFiles: the live file and the rotated ones. */
  readonly maxFiles: number;
  readonly clock: Clock;
}

export interface PrintOptions {
  readonly channel?: Channel;
  /** The runtime's time; the clock's unless given. */
  readonly at?: Time;
}

interface OpenLog {
  readonly descriptor: number;
  readonly format: RuntimeFormat;
}

/**
 * The log of one running container: what its program prints becomes records in real files, through a descriptor that stays open, so
 * that a renamed file still grows. Everything is synchronous: when a call returns, the bytes are there.
 */
export class ContainerLog {
  readonly path: string;
  readonly file: string;
  readonly #options: ContainerLogOptions;
  #live: OpenLog;
  /** The log before the last `openNext`, until `closeOld`. */
  #old: OpenLog | null = null;
  #running = true;

  constructor(options: ContainerLogOptions) {
    this.path = options.path;
    this.file = options.file;
    this.#options = options;
    this.#live = this.#open(runtimeFormat(options.runtime));
  }

  /** The program writes `text` at once: any bytes, line feeds where it ends a line. */
  print(text: string | Buffer, { channel = STDOUT, at = this.#now() }: PrintOptions = {}): void {
    this.append(this.#live.format.print(channel, Buffer.from(text), at));
  }

  /** Puts bytes into the live file past the runtime: torn, foreign or malformed records. */
  append(bytes: string | Buffer): void {
    assert(this.#running, `${this.path} is closed`);
    writeAll(this.#live, Buffer.from(bytes));
  }

  /** All of a rotation, as the kubelet does it (for docker: as json-file does it). */
  rotate(): void {
    if (this.#options.runtime === 'docker') {
      shiftDockerFiles(this.file, this.#options.maxFiles);
    } else {
      deleteOldest(this.path, this.#options.maxFiles);
      compressRotated(this.path);
      renameLive(this.path, this.#options.clock.now());
    }
    this.reopen();
  }

  /** Step 5 of a rotation, CRI's ReopenContainerLog: what is printed from now on is in a new file. */
  reopen(): void {
    this.openNext();
    this.closeOld();
  }

  /** First half of `reopen`: the new file exists and takes what is printed, the old one is still open. */
  openNext(): void {
    assert(this.#old === null, 'the old file is still open');
    this.#old = this.#live;
    this.#live = this.#open(this.#old.format.next());
  }

  /** Second half of `reopen`: the line that was open in the old file goes there as a part, after the new file exists. */
  closeOld(): void {
    assert(this.#old !== null, 'no old file is open');
    this.#close(this.#old);
    this.#old = null;
  }

  /** The program ends: an open line is written as a part that no record ever ends. */
  exit(): void {
    if (!this.#running) return;
    if (this.#old !== null) this.closeOld();
    this.#running = false;
    this.#close(this.#live);
  }

  #open(format: RuntimeFormat): OpenLog {
    // conmon makes its new file under a name that looks like a rotated one, and renames it (src/ctr_logging.c reopen_k8s_file).
    const name = this.#options.runtime === 'conmon' ? `${this.file}.tmp` : this.file;
    const descriptor = openSync(name, 'a', 0o640);
    if (name !== this.file) renameSync(name, this.file);
    return { descriptor, format };
  }

  #close(log: OpenLog): void {
    writeAll(log, log.format.flush(this.#now()));
    closeSync(log.descriptor);
  }

  #now(): Time {
    return timeOf(this.#options.clock.now());
  }
}

function writeAll({ descriptor }: OpenLog, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
}
