import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../support/eventually.ts';
import { LokiReader } from '../support/loki-reader.ts';
import { type TempDir, tempDir } from '../support/temp-dir.ts';

const CONFIG = join(import.meta.dirname, '../support/loki.yaml');
const PORT = 3100;
export const TENANT = 'team-a';

/** A real Loki on the node, with the limits that it ships with. */
export class NodeLoki implements AsyncDisposable {
  readonly reader: LokiReader = new LokiReader(`http://127.0.0.1:${PORT}`, TENANT);
  readonly #dir: TempDir;
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;

  private constructor(program: string, dir: TempDir) {
    this.#dir = dir;
    const config = join(dir.path, 'loki.yaml');
    // In its image it owns /loki.
    writeFileSync(config, readFileSync(CONFIG, 'utf8').replaceAll('/loki', join(dir.path, 'data')));
    this.#child = spawn(program, [`-config.file=${config}`], { stdio: 'ignore' });
    this.#exited = once(this.#child, 'exit');
  }

  static async start(): Promise<NodeLoki> {
    const program = process.env['LOGFERRY_LOKI'];
    if (program === undefined) throw new Error('LOGFERRY_LOKI is not set: it has to name what .ci/servers/loki/build.sh makes');
    await using starting = new AsyncDisposableStack();
    const loki = starting.use(new NodeLoki(program, await tempDir()));
    await eventually(async () => {
      const { status } = await fetch(`http://127.0.0.1:${PORT}/ready`);
      if (status !== 200) throw new Error(`Loki is not ready: ${status}`);
    });
    starting.move();
    return loki;
  }

  /** As a pod has it, up to its path. */
  static urlOn(nodeAddress: string): string {
    return `http://${nodeAddress}:${PORT}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited;
    await this.#dir[Symbol.asyncDispose]();
  }
}
