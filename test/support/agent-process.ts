import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** What `npm run build` makes and the image runs. */
const ENTRY = join(import.meta.dirname, '../../dist/logferry.js');

/** The built agent as a child process. Its `server.listen` must be on 127.0.0.1; port 0 will do. */
export class AgentProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #exited: Promise<unknown>;
  /** Everything it has printed, for a failed test to show. */
  readonly #printed: string[] = [];
  #port = 0;

  private constructor(configFile: string, env: NodeJS.ProcessEnv) {
    this.#child = spawn(process.execPath, [ENTRY, 'run', '--config', configFile], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#exited = once(this.#child, 'exit');
  }

  /** Resolves once it listens, rejects with what it printed if it ends before. */
  static async start(configFile: string, env: NodeJS.ProcessEnv = process.env): Promise<AgentProcess> {
    const agent = new AgentProcess(configFile, env);
    const listening = new Promise<void>((resolve) => agent.#readOutput(resolve));
    await Promise.race([listening, agent.#exited]);
    if (agent.#port === 0) throw new Error(`the agent ended with ${agent.#child.exitCode}:\n${agent.printed}`);
    return agent;
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

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** A page of its HTTP server. */
  async page(path: string): Promise<{ status: number; body: string }> {
    const response = await fetch(`http://127.0.0.1:${this.#port}${path}`);
    return { status: response.status, body: await response.text() };
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

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.running) await this.kill();
  }
}
