import { statSync } from 'node:fs';
import { readConfigFile } from '../config/read-config-file.ts';
import { formatProblem } from '../config/problem.ts';
import type { Clock } from '../runtime/clock.ts';

/** A file that is being written has another content after so long, or is whole. */
const SETTLE_MS = 1000;

/**
 * The configuration file as it changes: edited in place, replaced by a rename, or under a ConfigMap's `..data`, a link that the kubelet
 * exchanges (kubernetes pkg/volume/util/atomic_writer.go). Looks are cheap: as long as the file that the path leads to, its size and
 * its times are the same, it is not read. What decides is the content.
 */
export class ConfigFile {
  readonly path: string;
  readonly #clock: Clock;
  /** What stood at the path at the last look, and what there is no need to read, since it stood there long before it was read. */
  #stood = '';
  #read = '';
  #content: string;

  /** `content`: what is known to stand there, as `look` tells it. */
  constructor(path: string, content: string, clock: Clock) {
    this.path = path;
    this.#content = content;
    this.#clock = clock;
  }

  /**
   * What tells the content now from any other, be it that it cannot be read; null while it changes. A change is looked at
   * twice: half a file is never taken for a whole one.
   */
  async look(stop: AbortSignal): Promise<string | null> {
    const stands = this.#stat();
    if (stands === this.#read) return this.#content;
    const content = await this.read();
    if (content !== this.#content) {
      await this.#clock.sleep(SETTLE_MS, stop);
      if ((await this.read()) !== content || this.#stat() !== stands) return null;
    }
    // A change within one tick of the file system's clock leaves the times as they are.
    if (stands === this.#stood) this.#read = stands;
    this.#stood = stands;
    this.#content = content;
    return content;
  }

  /** The same, without a second look: for someone who says that the file is whole. */
  async read(): Promise<string> {
    const read = await readConfigFile(this.path);
    return read.ok ? read.digest : formatProblem(read.problem);
  }

  #stat(): string {
    try {
      const { dev, ino, size, mtimeNs, ctimeNs } = statSync(this.path, { bigint: true });
      return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
    } catch (error) {
      return (error as Error).message;
    }
  }
}
