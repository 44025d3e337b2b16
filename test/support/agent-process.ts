import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** What `npm run build` makes and the image runs. */
const ENTRY = join(import.meta.dirname, '../../dist/logferry.js');

export interface AgentProcessOptions {
  /** A command that becomes the one after it. */
  readonly launcher?: readonly string[];
  /** Options of Node's own. */
  readonly nodeOptions?: readonly string[];
}

/** The built agent as a child process. Its `server.listen` must be on 127.0.0.1; port 0 will do. */
export class AgentProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  readonly #listening: Promise<void>;
  /** Everything it has printed, for a failed test to show. */
  readonly #printed: string[] = [];
  #port = 0;

  /** Does not wait for the start: one may want to kill it before. */
  constructor(configFile: string, { launcher = [], nodeOptions = [] }: AgentProcessOptions = {}) {
    const [command, ...args] = [...launcher, process.execPath, ...nodeOptions, ENTRY, 'run', '--config', configFile];
    this.#child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#exited = once(this.#child, 'exit');
    this.#listening = new Promise((resolve) => this.#readOutput(resolve));
  }

  static async start(configFile: string, options: AgentProcessOptions = {}): Promise<AgentProcess> {
    const agent = new AgentProcess(configFile, options);
    await agent.listening();
    return agent;
  }

  /** Resolves once it listens, rejects with what it printed if it ends before. */
  async listening(): Promise<void> {
    await Promise.race([this.#listening, this.#exited]);
    if (this.#port === 0) throw new Error(`the agent ended with ${this.#child.exitCode}:\n${this.printed}`);
  }

  #readOutput(onListening: () => void): void {
    const { stdout, stderr } = this.#child;
    if (stdout === null || stderr === null) throw new Error('no pipes to the agent');
    createInterface(stderr).on('line', (line) => this.#printed.push(line));
    createInterface(stdout).on('line', (line) => {
      this.#printed.push(line);
      if (this.#port !== 0 || !line.includes('"agent started"')) return;
      this.#port = (JSON.parse(line) as { port: number }).port;
      onListening();
    });
  }

  get printed(): string {
    return this.#printed.join('\n');
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** A page of its HTTP server. */
  async page(path: string): Promise<{ status: number; body: string }> {
    const response = await fetch(`http://127.0.0.1:${this.#port}${path}`);
    return { status: response.status, body: await response.text() };
  }

  /** The values of some metrics, each summed over its labels. */
  async metrics<Name extends string>(names: readonly Name[]): Promise<Record<Name, number>> {
    const rows = (await this.page('/metrics')).body.split('\n').map((row) => /^(\w+)(?:\{.*\})? (.+)$/.exec(row) ?? []);
    const sum = (name: Name): number => rows.reduce((total, row) => total + (row[1] === name ? Number(row[2]) : 0), 0);
    return Object.fromEntries(names.map((name) => [name, sum(name)])) as Record<Name, number>;
  }

  /** SIGTERM; returns the exit code. */
  async stop(): Promise<number | null> {
    this.#child.kill('SIGTERM');
    await this.#exited;
    return this.#child.exitCode;
  }

  /** SIGKILL: no chance to write anything down. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  /** SIGSTOP: it gets no processor until `thaw`. */
  freeze(): void {
    this.#child.kill('SIGSTOP');
  }

  thaw(): void {
    this.#child.kill('SIGCONT');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.running) await this.kill();
  }
}
