import { join } from 'node:path';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { type TempDir, tempDir } from '../support/temp-dir.ts';
import { ServerProcess } from './server-process.ts';

/** What API servers keep their objects in; several of them, one after the other or beside each other. */
export class Etcd implements AsyncDisposable {
  readonly url: string;
  readonly #process: ServerProcess;
  readonly #dir: TempDir;

  private constructor(url: string, process: ServerProcess, dir: TempDir) {
    this.url = url;
    this.#process = process;
    this.#dir = dir;
  }

  static async start(): Promise<Etcd> {
    await using starting = new AsyncDisposableStack();
    const dir = starting.use(await tempDir());
    const [url, peers] = [`http://127.0.0.1:${await freePort()}`, `http://127.0.0.1:${await freePort()}`];
    const args = ['--name=node', `--data-dir=${join(dir.path, 'data')}`, '--unsafe-no-fsync', '--log-level=warn'];
    args.push(`--listen-client-urls=${url}`, `--advertise-client-urls=${url}`, `--listen-peer-urls=${peers}`);
    args.push(`--initial-advertise-peer-urls=${peers}`, `--initial-cluster=node=${peers}`);
    const process = starting.use(new ServerProcess('etcd', args, join(dir.path, 'log')));
    await eventually(async () => {
      process.expectRunning();
      const { ok, status } = await fetch(`${url}/health`);
      if (!ok) throw new Error(`etcd is not well: ${status}`);
    });
    starting.move();
    return new Etcd(url, process, dir);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]();
    await this.#dir[Symbol.asyncDispose]();
  }
}
