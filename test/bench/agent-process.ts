import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const ENTRY = join(import.meta.dirname, '../../dist/logferry.js');
const TICKS_PER_SECOND = 100;

/** First line that a child prints. */
async function firstLine(child: ChildProcess): Promise<string> {
  const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string];
  return line;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

/** The built agent with the default configuration, against a store that takes everything. */
export class AgentProcess implements AsyncDisposable {
  readonly #agent: ChildProcess;
  readonly #receiver: ChildProcess;
  readonly #port: number;

  private constructor(agent: ChildProcess, receiver: ChildProcess, port: number) {
    this.#agent = agent;
    this.#receiver = receiver;
    this.#port = port;
  }

  /** `logDir` is read; `directory` gets the configuration and an empty state directory. */
  static async start(directory: string, logDir: string): Promise<AgentProcess> {
    const receiver = spawn(process.execPath, [join(import.meta.dirname, 'null-receiver.ts')], { stdio: ['ignore', 'pipe', 'inherit'] });
    const receiverPort = await firstLine(receiver);
    const stateDir = join(directory, 'state');
    rmSync(stateDir, { recursive: true, force: true });
    mkdirSync(directory, { recursive: true });
    const config = join(directory, 'logferry.yaml');
    const url = `http://127.0.0.1:${receiverPort}/loki/api/v1/push`;
    writeFileSync(
      config,
      `node_name: bench\nstate_dir: ${stateDir}\ncontainers: {log_dir: ${logDir}}\nkubernetes: {enabled: false}\noutputs: [{name: loki, type: loki, url: "${url}"}]\nserver: {listen: "127.0.0.1:0"}\n`,
    );
    const agent = spawn(process.execPath, [ENTRY, 'run', '--config', config], { stdio: ['ignore', 'pipe', 'inherit'] });
    const { port } = JSON.parse(await firstLine(agent)) as { port: number };
    return new AgentProcess(agent, receiver, port);
  }

  /** The sum of a metric over its labels. */
  async metric(name: string): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${this.#port}/metrics`)).text();
    const values = text.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
    return values.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  }

  /** User and system CPU seconds since the start. */
  get cpuSeconds(): number {
    const fields = readFileSync(`/proc/${this.#agent.pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
    return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
  }

  #status(key: 'VmHWM' | 'VmRSS' | 'voluntary_ctxt_switches'): number {
    return Number(new RegExp(`^${key}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${this.#agent.pid}/status`, 'utf8'))![1]);
  }

  get peakMiB(): number {
    return this.#status('VmHWM') / 1024;
  }

  get residentMiB(): number {
    return this.#status('VmRSS') / 1024;
  }

  /** How often the main thread has gone to sleep since the start, and so was woken. */
  get wakeUps(): number {
    return this.#status('voluntary_ctxt_switches');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await end(this.#agent);
    await end(this.#receiver);
  }
}
