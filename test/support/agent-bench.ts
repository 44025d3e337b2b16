import { cpSync, existsSync, linkSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { runAgent } from '../../agent/agent.ts';
import { loadStart } from '../../agent/config/start.ts';
import { type KubeletOptions, KubeletLogDir, type RunningContainer } from '../../agent/demo/kubelet-log-dir.ts';
import { type Channel, CHANNEL_NAMES, STDOUT } from '../../agent/model/record.ts';
import { Wakeup } from '../../agent/runtime/wakeup.ts';
import { FakeClock } from './fake-clock.ts';
import { SkewedClock } from './skewed-clock.ts';
import { FakeLoki, type FakeLokiOptions } from './fake-loki.ts';
import { LogRecorder } from './log-recorder.ts';
import { type TempDir, tempDir } from './temp-dir.ts';

/** Long enough for any test, in turns of the event loop; each moves time on by STEP_MS. */
const MOST_TURNS = 200_000;
const STEP_MS = 50;
const MOST_COPIES = 1000;
/** What the webhook has received, in the state directory. */
const SPOOL = 'audit-webhook';

export interface AgentBenchOptions {
  /** Keys of the configuration that differ from the defaults; those of the output in `output`. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly output?: Readonly<Record<string, unknown>>;
  readonly otherOutputs?: readonly object[];
  readonly loki?: FakeLokiOptions;
  readonly kubelet?: KubeletOptions;
  /** Of the agent's process. */
  readonly env?: Readonly<Record<string, string>>;
  /** For tests with a second store. */
  readonly clock?: FakeClock;
}

function noUsage(): { readonly cpuSeconds: number; readonly residentBytes: number } {
  return { cpuSeconds: 0, residentBytes: 0 };
}

/** A file that is being replaced, or removed, has no name for a moment: then all of it is copied once more. */
function copyState(from: string, to: string): void {
  for (let attempt = 1; ; attempt += 1) {
    try {
      cpSync(from, to, { recursive: true, filter: (path) => basename(path) !== SPOOL });
      return linkSpool(from, to);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || attempt === MOST_COPIES) throw error;
      rmSync(to, { recursive: true, force: true });
    }
  }
}

/** A log is known by its inodes: a copy of it would be another one. */
function linkSpool(from: string, to: string): void {
  if (!existsSync(join(from, SPOOL))) return;
  mkdirSync(join(to, SPOOL));
  for (const name of readdirSync(join(from, SPOOL))) linkSync(join(from, SPOOL, name), join(to, SPOOL, name));
}

/** The composed agent in this process, between real files and a fake Loki; the time of all three is the test's. */
export class AgentBench implements AsyncDisposable {
  readonly clock: FakeClock;
  /** The node's own clock, which may be wrong: containers and the agent go by it, the store does not. */
  readonly nodeClock: SkewedClock;
  readonly loki: FakeLoki;
  readonly logs: KubeletLogDir;
  readonly log: LogRecorder = new LogRecorder();
  readonly stateDir: string;
  /** What was printed, by container and channel, as `entries` of the store tell it. */
  readonly printed: Map<string, string[]> = new Map();
  #rotatedBytes = 0;
  readonly #dir: TempDir;
  /** The configuration file; as long as nobody writes to it, it says what the options say. */
  readonly configFile: string;
  /** Asks for a look at it, as SIGHUP does. */
  readonly hangup: Wakeup = new Wakeup();
  readonly #env: Readonly<Record<string, string>>;
  #running: { readonly stop: AbortController; readonly done: Promise<void> } | null = null;

  private constructor(dir: TempDir, loki: FakeLoki, parts: { clock: FakeClock; options: AgentBenchOptions }) {
    this.#dir = dir;
    this.clock = parts.clock;
    this.nodeClock = new SkewedClock(parts.clock);
    this.loki = loki;
    this.logs = new KubeletLogDir(join(dir.path, 'log'), { clock: this.nodeClock, ...parts.options.kubelet });
    this.stateDir = join(dir.path, 'state');
    mkdirSync(this.stateDir);
    this.configFile = join(dir.path, 'config.yaml');
    this.configure(parts.options);
    this.#env = parts.options.env ?? {};
  }

  static async create(options: AgentBenchOptions = {}): Promise<AgentBench> {
    const { clock = new FakeClock() } = options;
    const loki = await FakeLoki.start({ clock, deduplicate: false, ...options.loki });
    return new AgentBench(await tempDir(), loki, { clock, options });
  }

  /** Writes the configuration file anew, in place. */
  configure(options: Pick<AgentBenchOptions, 'config' | 'output' | 'otherOutputs'>): void {
    // JSON is YAML.
    writeFileSync(this.configFile, JSON.stringify(this.written(options)));
  }

  /** A configuration of an agent on this bench. */
  written({ config = {}, output = {}, otherOutputs = [] }: Pick<AgentBenchOptions, 'config' | 'output' | 'otherOutputs'>): object {
    const { containers = {}, ...rest } = config as { containers?: object };
    return {
      state_dir: this.stateDir,
      kubernetes: { enabled: false },
      containers: { log_dir: this.logs.path, allowed_roots: [this.logs.path], watch: false, scan_interval_seconds: 1, ...containers },
      server: { listen: '127.0.0.1:0' },
      outputs: [{ name: 'loki', type: 'loki', url: this.loki.pushUrl, ...output }, ...otherOutputs],
      ...rest,
    };
  }

  /** Starts the agent; resolves once it listens. */
  async start(): Promise<void> {
    const stop = new AbortController();
    const before = this.log.said.length;
    const surroundings = { env: {}, hostname: 'node-1' };
    const written = await loadStart(this.configFile, surroundings);
    if (!written.ok) throw new Error(JSON.stringify(written.problems));
    const { config, kubeconfig, digest } = written;
    const check = (file: string): ReturnType<typeof loadStart> => loadStart(file, surroundings);
    const parts = {
      config,
      env: this.#env,
      kubeconfig,
      reload: { file: this.configFile, digest, asked: this.hangup, check },
      version: '0.0.0',
      clock: this.nodeClock,
      logger: this.log,
      usage: noUsage,
    };
    const done = runAgent(parts, stop.signal);
    this.#running = { stop, done };
    await Promise.race([done, this.until(() => this.log.messages.slice(before).includes('agent started'))]);
  }

  /** Asks the agent to stop and waits until it has, without letting time go on. */
  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = null;
    running?.stop.abort();
    await running?.done;
  }

  /** The same while time goes on, for an agent that has to wait for something. */
  async stopInTime(): Promise<void> {
    let stopped = false;
    const stopping = this.stop().finally(() => {
      stopped = true;
    });
    await this.until(() => stopped);
    await stopping;
  }

  /** Ends the agent as a SIGKILL does: nothing more reaches the store, and the state directory is as it is at this moment. */
  async kill(): Promise<void> {
    await this.loki.down();
    const asItIs = `${this.stateDir}.killed`;
    copyState(this.stateDir, asItIs);
    await this.stopInTime();
    rmSync(this.stateDir, { recursive: true });
    renameSync(asItIs, this.stateDir);
    await this.loki.up();
  }

  /** Lets time and the event loop go on until `predicate` holds. */
  async until(predicate: () => boolean | Promise<boolean>): Promise<void> {
    for (let turns = 0; !(await predicate()); turns += 1) {
      if (turns === MOST_TURNS) throw new Error(`waited in vain; the agent said:\n${this.log.messages.join('\n')}`);
      await this.clock.advance(STEP_MS);
      await turnOfTheLoop();
    }
  }

  /** The program of a container prints a line. */
  print({ names, log }: RunningContainer, line: string, channel: Channel = STDOUT): void {
    const key = `${names.container} ${CHANNEL_NAMES[channel]}`;
    const lines = this.printed.get(key) ?? [];
    this.printed.set(key, lines);
    lines.push(line);
    log.print(`${line}\n`, { channel });
  }

  /**
   * Rotates the log of the only container once the agent has seen what is in it: the test's time runs ahead of the disk, while a kubelet
   * leaves seconds between two rotations.
   */
  async rotate({ log }: RunningContainer): Promise<void> {
    const bytes = this.#rotatedBytes + statSync(log.file).size;
    await this.until(async () => (await this.metric('logferry_read_bytes_total')) + (await this.metric('logferry_unread_bytes')) >= bytes);
    this.#rotatedBytes = bytes;
    log.rotate();
  }

  get printedLines(): number {
    return [...this.printed.values()].reduce((sum, lines) => sum + lines.length, 0);
  }

  /** What is stored, in the form of `printed`. */
  get stored(): Map<string, string[]> {
    const stored = new Map<string, string[]>();
    for (const { stream, line } of this.loki.entries()) {
      const { container = '', stream: channel = '' } = stream.labels;
      const key = `${container} ${channel}`;
      const lines = stored.get(key) ?? [];
      stored.set(key, lines);
      lines.push(line.toString());
    }
    return stored;
  }

  /** Waits until as many lines are stored as were printed. */
  allStored(): Promise<void> {
    return this.until(() => this.loki.counts.stored >= this.printedLines);
  }

  /** A page of the agent's HTTP server. */
  async page(path: string): Promise<{ readonly status: number; readonly body: string }> {
    const started = this.log.said.findLast(({ message }) => message === 'agent started');
    if (started === undefined) throw new Error('the agent has not been started');
    const { port } = started.fields as { port: number };
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return { status: response.status, body: await response.text() };
  }

  /** The value of a metric of the output. */
  metric(name: string, labels = ''): Promise<number> {
    return this.globalMetric(`${name}{output="loki"${labels}}`);
  }

  /** The value of a metric by its name, labels included. */
  async globalMetric(name: string): Promise<number> {
    const { body } = await this.page('/metrics');
    const line = body.split('\n').find((line) => line.startsWith(`${name} `));
    const value = line?.slice(name.length + 1);
    return value === '+Inf' ? Number.POSITIVE_INFINITY : Number(value);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.loki.clearFaults();
    await this.loki.down();
    if (this.#running !== null) await this.stopInTime();
    await this.loki[Symbol.asyncDispose]();
    this.logs[Symbol.dispose]();
    await this.#dir[Symbol.asyncDispose]();
  }
}
