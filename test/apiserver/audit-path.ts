import { globSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { AgentHome, type NodeKeys } from '../support/agent-home.ts';
import type { AgentProcess } from '../support/agent-process.ts';
import { eventually } from '../support/eventually.ts';
import { LokiProcess, lokiProgram } from '../support/loki-process.ts';
import { LokiReader } from '../support/loki-reader.ts';
import { tempDir } from '../support/temp-dir.ts';
import { gzipMembers } from './gzip-members.ts';
import { RecordingProxy } from './recording-proxy.ts';

export const TENANT = 'audit';

/** The built agent and the Loki that it ships audit events to, with all that either of them writes or sends. */
export class AuditPath implements AsyncDisposable {
  readonly loki: LokiProcess;
  readonly proxy: RecordingProxy;
  readonly reader: LokiReader;
  readonly #home: AgentHome;
  readonly #agents: AgentProcess[] = [];
  readonly #stack: AsyncDisposableStack;

  private constructor(loki: LokiProcess, proxy: RecordingProxy, home: AgentHome, stack: AsyncDisposableStack) {
    this.loki = loki;
    this.proxy = proxy;
    this.reader = new LokiReader(loki.url, TENANT);
    this.#home = home;
    this.#stack = stack;
  }

  /** An agent that is not started yet. */
  static async start(keys: NodeKeys): Promise<AuditPath> {
    const program = lokiProgram();
    if (program === null) throw new Error('LOGFERRY_LOKI is not set: it has to name what .ci/servers/loki/build.sh makes');
    await using starting = new AsyncDisposableStack();
    const loki = starting.use(await LokiProcess.start(program, { alertmanagerUrl: 'http://127.0.0.1:9', rules: {} }));
    const proxy = starting.use(await RecordingProxy.start(loki.url));
    const { path } = starting.use(await tempDir());
    const output = { url: `${proxy.url}/loki/api/v1/push`, tenant: 'applications' };
    const home = await AgentHome.create(path, { logDir: join(path, 'log'), output, keys });
    return new AuditPath(loki, proxy, home, starting.move());
  }

  async startAgent(): Promise<void> {
    this.#agents.push(this.#stack.use(await this.#home.startAgent()));
  }

  /** With SIGKILL. */
  async killAgent(): Promise<void> {
    await this.#agents.at(-1)?.kill();
  }

  /** Returns its exit code. */
  async stopAgent(): Promise<number | null> {
    return (await this.#agents.at(-1)?.stop()) ?? null;
  }

  /** How many agents there were, one after the other. */
  get starts(): number {
    return this.#agents.length;
  }

  /** Everything that agents have printed. */
  get printed(): string {
    return this.#agents.map(({ printed }) => printed).join('\n');
  }

  get stateFiles(): Buffer[] {
    return filesBelow(this.#home.stateDir);
  }

  /** Everything that Loki keeps on disk, once there are so many events in its chunks. */
  async lokiFiles(events: number): Promise<Buffer[]> {
    await fetch(`${this.loki.url}/flush`, { method: 'POST' });
    await eventually(() => {
      const chunks = filesBelow(join(this.loki.dataDir, 'chunks', TENANT)).flatMap(gzipMembers);
      const written = countEvents(chunks);
      if (written < events) throw new Error(`${written} of ${events} events are in chunks`);
    });
    return filesBelow(this.loki.dataDir);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack[Symbol.asyncDispose]();
  }
}

/** As they are written in whatever is not packed. */
export function countEvents(parts: readonly Buffer[]): number {
  return parts.reduce((sum, part) => sum + part.toString('latin1').split('"auditID":"').length - 1, 0);
}

function filesBelow(directory: string): Buffer[] {
  const paths = globSync('**', { cwd: directory }).map((name) => join(directory, name));
  return paths.filter((path) => statSync(path).isFile()).map((path) => readFileSync(path));
}
