import assert from 'node:assert';
import { readdirSync, readFileSync, rmSync, mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { type AssembledOutput, assembleOutput } from '../../agent/assembly/assemble-output.ts';
import { parseConfig } from '../../agent/config/load.ts';
import type { Config } from '../../agent/config/schema.ts';
import { KubeletLogDir, type RunningContainer } from '../../agent/demo/kubelet-log-dir.ts';
import { readLetters } from '../../agent/deliver/read-letters.ts';
import { letterFile } from '../../agent/deliver/letter-files.ts';
import { Discovery } from '../../agent/discover/discovery.ts';
import { Retention } from '../../agent/ledger/retention.ts';
import type { Position } from '../../agent/model/position.ts';
import { type Channel, CHANNEL_NAMES } from '../../agent/model/record.ts';
import { containerParts } from '../../agent/assembly/output-parts.ts';
import { ThrottledLogger } from '../../agent/runtime/logger.ts';
import { Wakeup } from '../../agent/runtime/wakeup.ts';
import { Descriptors } from '../../agent/tail/descriptors.ts';
import { Takeover } from '../../agent/assembly/takeover.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { LogRecorder } from '../support/log-recorder.ts';
import { FaultyFiles } from './faulty-files.ts';
import { BAD, POISON, ScriptedStore } from './scripted-store.ts';

/** The last one prints nothing but a sign of life now and then. */
const CONTAINERS = ['alone', 'twin', 'twin', 'pulse'];
const MEMORY_BYTES = 4_194_304;
/** More than a hang, a circuit that is open and all backoffs take together. */
const HEALING_MS = 3_600_000;
const MOST_HEALING_ROUNDS = 240;
const JOIN_SECONDS = 2;

interface Running {
  readonly assembled: AssembledOutput;
  readonly stop: AbortController;
  readonly done: Promise<unknown>;
}

/** What a container has printed on one channel, in order. */
interface Printed {
  readonly container: RunningContainer;
  readonly channel: Channel;
  /** Entries, of several lines where these are joined. */
  readonly lines: string[];
  /** Of the last one, on the simulation's clock. */
  lastMs: number;
}

export interface SimulationOptions {
  /** Lines that do not begin like an entry belong to the one before. */
  readonly joins?: boolean;
}

/** Of an entry, or of what is settled beside them. */
function idOf(line: string): string {
  return /#\d+/.exec(line)?.[0] ?? line;
}

/**
 * A node without threads, sockets or time of its own: real log files read through a file system that fails on demand, a store that does,
 * a clock that stands still between two steps. All that the agent promises is checked after every step.
 */
export class NodeSimulation implements AsyncDisposable {
  readonly clock: FakeClock;
  readonly store: ScriptedStore;
  readonly files: FaultyFiles = new FaultyFiles();
  readonly #root = mkdtempSync(join(tmpdir(), 'logferry-simulation-'));
  readonly #logs: KubeletLogDir;
  readonly #config: Config;
  readonly #containers: RunningContainer[];
  readonly #printed = new Map<string, Printed>();
  #running: Running | null = null;
  /** The checkpoint on disk. */
  #saved: Record<string, Position> = {};
  #lines = 0;

  constructor(seed: number, { joins = false }: SimulationOptions = {}) {
    this.clock = new FakeClock({ seed });
    this.store = new ScriptedStore(this.clock);
    this.#logs = new KubeletLogDir(join(this.#root, 'log'), { clock: this.clock, maxFiles: 50 });
    this.#config = this.#parseConfig(joins ? [{ multiline: { firstline: '^#', max_wait_seconds: JOIN_SECONDS } }] : []);
    this.#containers = CONTAINERS.map((container, n) => this.#logs.start({ namespace: 'shop', pod: `pod-${n}`, container }));
  }

  #parseConfig(stages: readonly object[]): Config {
    const document = {
      state_dir: this.#root,
      node_name: 'node-1',
      kubernetes: { enabled: false },
      containers: { log_dir: this.#logs.path, allowed_roots: [this.#logs.path], watch: false },
      limits: { memory_bytes: MEMORY_BYTES },
      stages,
      outputs: [{ name: 'loki', type: 'loki', url: 'http://127.0.0.1/loki/api/v1/push', batch_bytes: 2048 }],
    };
    const parsed = parseConfig('simulation', JSON.stringify(document), { env: {}, hostname: 'node-1' });
    assert(parsed.ok, JSON.stringify(parsed));
    return parsed.config;
  }

  /** Starts the agent from what is on disk; does nothing while it runs. */
  async start(): Promise<void> {
    if (this.#running !== null) return;
    const { clock } = this;
    const log = new ThrottledLogger(new LogRecorder(), clock);
    const surroundings = {
      config: this.#config,
      allowedRoots: [this.#logs.path],
      podsDir: join(this.#logs.path, 'pods'),
      version: '0.0.0',
      clock,
      log,
      progress: new Wakeup(),
      descriptors: new Descriptors(100, clock),
      retention: new Retention({ maxBytes: null, maxFiles: null }),
      takeover: await Takeover.read(this.#config, [], new LogRecorder()),
      fs: this.files,
      realPath: (path: string) => path,
      client: this.store,
      isFirstRun: false,
    };
    const assembled = assembleOutput(containerParts(this.#config)[0]!, structuredClone(this.#saved), surroundings);
    const stop = new AbortController();
    const discovery = new Discovery({ options: { logDir: this.#logs.path, scanIntervalMs: 1000 }, hint: new Wakeup(), clock, log });
    assembled.lanes.start();
    const done = Promise.all([discovery.run((sources) => assembled.update(sources), stop.signal), assembled.pipeline.run(stop.signal)]);
    this.#running = { assembled, stop, done };
  }

  /** What the agent holds in memory is gone. */
  async crash(): Promise<void> {
    const running = this.#running;
    if (running === null) return;
    this.#running = null;
    running.stop.abort();
    await running.assembled.lanes[Symbol.asyncDispose]();
    await running.done;
    running.assembled.pipeline.close();
  }

  /** Writes the positions down. */
  save(): void {
    if (this.#running === null) return;
    this.#saved = structuredClone(this.#running.assembled.pipeline.checkpoint());
  }

  /** A container prints lines of a channel, the last one unfinished if asked for: its rest comes with the next. */
  print(n: number, channel: Channel, { count, length, word = '' }: { count: number; length: number; word?: string }): void {
    const container = this.#containers[n]!;
    const lines = Array.from({ length: count }, () => `#${(this.#lines += 1)} ${word} ${'x'.repeat(length)}`);
    const printed = this.#of(container, channel);
    printed.lines.push(...lines);
    printed.lastMs = this.clock.monotonic();
    container.log.print(`${lines.join('\n')}\n`, { channel });
  }

  /** A container goes on with what it has printed last on a channel, unless that is too long ago. */
  continueRecord(n: number, channel: Channel, count: number): void {
    const container = this.#containers[n]!;
    const printed = this.#of(container, channel);
    const nowMs = this.clock.monotonic();
    const record = printed.lines.at(-1);
    if (record === undefined || nowMs - printed.lastMs >= JOIN_SECONDS * 1000) return;
    const id = idOf(record);
    const lines = Array.from({ length: count }, (_, k) => `\tat ${id} ${nowMs}.${k}`);
    printed.lines[printed.lines.length - 1] = [record, ...lines].join('\n');
    printed.lastMs = nowMs;
    container.log.print(`${lines.join('\n')}\n`, { channel });
  }

  #of(container: RunningContainer, channel: Channel): Printed {
    const key = `${container.log.path} ${channel}`;
    const printed = this.#printed.get(key) ?? { container, channel, lines: [], lastMs: 0 };
    this.#printed.set(key, printed);
    return printed;
  }

  rotate(n: number): void {
    this.#containers[n]!.log.rotate();
  }

  restartContainer(n: number): void {
    this.#containers[n] = this.#logs.restart(this.#containers[n]!);
  }

  async wait(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 250) {
      await this.clock.advance(Math.min(left, 250));
      await this.#settle();
    }
  }

  /** Until whatever is under way without time has ended: zlib works in threads. */
  async #settle(): Promise<void> {
    for (let quiet = 0; quiet < 3; quiet += 1) {
      await turnOfTheLoop();
      if (this.#running !== null && this.#running.assembled.pipeline.turnSinceMs !== null) quiet = -1;
    }
  }

  /** What holds at every moment. */
  async assertInvariants(): Promise<void> {
    this.#assertOrderAndEquality();
    if (this.#running !== null) {
      const { pipeline, budget } = this.#running.assembled;
      assert.equal(pipeline.unbalancedBytes, 0, 'the ledger is out of balance');
      assert(budget.usedBytes <= budget.limitBytes, `I3: ${budget.usedBytes} bytes are held, of at most ${budget.limitBytes}`);
    }
    await this.#assertNothingSkipped();
  }

  #assertOrderAndEquality(): void {
    const identities = new Map<string, string>();
    const newest = new Map<string, number>();
    for (const { line, identity, isGap } of this.store.stored) {
      if (isGap) continue;
      const known = identities.get(line);
      assert(known === undefined || known === identity, `I9: ${identity} is not what came before, ${known}`);
      if (known !== undefined) continue;
      identities.set(line, identity);
      const { key, index } = this.#whereabouts(line);
      assert(index > (newest.get(key) ?? -1), `I2: ${line.slice(0, 20)} came after a later line of its channel`);
      newest.set(key, index);
    }
  }

  #whereabouts(line: string): { readonly key: string; readonly index: number } {
    for (const [key, { lines }] of this.#printed) {
      const index = lines.indexOf(line);
      if (index !== -1) return { key, index };
    }
    throw new assert.AssertionError({ message: `I5: ${line} was never printed` });
  }

  /** I1: whatever stands before a position on disk is stored, or among the dead letters. */
  async #assertNothingSkipped(): Promise<void> {
    const settled = new Set(Array.from(await this.#settledLines(), (line) => idOf(line)));
    for (const [sourceId, { files, channels }] of Object.entries(this.#saved)) {
      const directory = dirname(join(this.#logs.path, 'pods', sourceId));
      for (const [channel, { file, offset }] of channels.entries()) {
        const ino = files[file]!.file.ino;
        const name = readdirSync(directory).find((name) => String(statSync(join(directory, name), { bigint: true }).ino) === ino);
        if (name === undefined || name.endsWith('.gz')) continue;
        const before = readFileSync(join(directory, name)).toString('latin1', 0, offset);
        for (const [, tag, line] of before.matchAll(/ (stdout|stderr) F ((?:#|\tat #)[^\n]*)\n/g))
          assert(tag !== CHANNEL_NAMES[channel] || settled.has(idOf(line!)), `I1: ${line} is before a position and not settled`);
      }
    }
  }

  get #allPrinted(): string[] {
    return [...this.#printed.values()].flatMap(({ lines }) => lines);
  }

  async #unsettled(): Promise<string[]> {
    const settled = await this.#settledLines();
    return this.#allPrinted.filter((line) => !settled.has(line));
  }

  async #settledLines(): Promise<Set<string>> {
    const lines = new Set(this.store.stored.map(({ line }) => line));
    for (const line of await this.#deadLines()) lines.add(line);
    return lines;
  }

  async #deadLines(): Promise<Set<string>> {
    const lines = new Set<string>();
    for await (const read of readLetters(letterFile(this.#root, 'loki')))
      if (read.kind === 'letter') lines.add(read.letter.line.toString('latin1'));
    return lines;
  }

  /** All faults end, and the agent has time: every line is stored or, if no store takes it, a dead letter, and the books say so. */
  async finish(): Promise<void> {
    this.store.heal();
    this.files.heal();
    await this.start();
    for (let round = 0; round < MOST_HEALING_ROUNDS && (await this.#unsettled()).length > 0; round += 1) {
      // Only what else is stored shows that a store which fails over one entry is well.
      if (round < MOST_HEALING_ROUNDS - 20) this.print(CONTAINERS.length - 1, 0, { count: 1, length: 1 });
      await this.wait(HEALING_MS / MOST_HEALING_ROUNDS);
    }
    const wanted = this.#allPrinted;
    const [stored, dead] = [new Set(this.store.stored.map(({ line }) => line)), await this.#deadLines()];
    for (const line of wanted) {
      const isRefused = line.includes(BAD) || line.includes(POISON);
      assert(isRefused || stored.has(line), `I5 I8: ${line} is not stored`);
      assert(!isRefused || (dead.has(line) && !stored.has(line)), `I5 I6: ${line} is not where it belongs`);
      assert(isRefused || !dead.has(line), `I6: ${line} is a dead letter without being to blame`);
    }
    await this.assertInvariants();
    await this.#assertStopsInTime();
  }

  async #assertStopsInTime(): Promise<void> {
    const { assembled, stop, done } = this.#running!;
    stop.abort();
    await done;
    const deadline = new AbortController();
    const drained = assembled.lanes.drain(deadline.signal);
    await this.wait(1000);
    deadline.abort();
    await drained;
    this.save();
    await this.crash();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.crash();
    this.#logs[Symbol.dispose]();
    rmSync(this.#root, { recursive: true });
  }
}
