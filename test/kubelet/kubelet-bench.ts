import { expect } from 'vitest';
import { AgentHome } from '../support/agent-home.ts';
import type { AgentProcess } from '../support/agent-process.ts';
import { FakeLoki } from '../support/fake-loki.ts';
import type { StoredEntry } from '../support/fake-loki-store.ts';
import { KubeletNode, type PodSpec } from '../support/kubelet-node.ts';
import { type LinesBySource, linesWithout } from '../support/lines-by-source.ts';
import { linesOnDisk } from '../support/lines-on-disk.ts';
import { LogWitness } from '../support/log-witness.ts';
import { checkpointAgeMs } from '../support/settled-lines.ts';
import { tempDir } from '../support/temp-dir.ts';

/** For what takes seconds on an idle machine, or a minute when the kubelet leaves a log to its garbage collection. */
const PATIENCE_MS = 100_000;
const POLL = { timeout: PATIENCE_MS, interval: 25 };

/** The built agent beside a real kubelet, pushing to a Loki that stores in this process, with a witness of all that is printed. */
export class KubeletBench implements AsyncDisposable {
  readonly node: KubeletNode;
  readonly witness: LogWitness;
  readonly #loki: FakeLoki;
  readonly #home: AgentHome;
  readonly #owned: AsyncDisposableStack;
  #agent: AgentProcess | null = null;

  private constructor(parts: { node: KubeletNode; witness: LogWitness; loki: FakeLoki; home: AgentHome; owned: AsyncDisposableStack }) {
    this.node = parts.node;
    this.witness = parts.witness;
    this.#loki = parts.loki;
    this.#home = parts.home;
    this.#owned = parts.owned;
  }

  static async start(): Promise<KubeletBench> {
    await using starting = new AsyncDisposableStack();
    const loki = starting.use(await FakeLoki.start({ deduplicate: false }));
    const dir = starting.use(await tempDir());
    const node = starting.use(await KubeletNode.start());
    const witness = starting.use(new LogWitness(node.logDir));
    const home = await AgentHome.create(dir.path, {
      logDir: node.logDir,
      output: { url: loki.pushUrl, tenant: 'team-a' },
      // This kubelet rotates every few seconds, so that some files live for a fraction of one: shorter than an agent looks by default.
      keys: { labels: { metadata: ['pod', 'restart_count'] }, containers: { poll_min_seconds: 0.05 } },
    });
    return new KubeletBench({ node, witness, loki, home, owned: starting.move() });
  }

  async startAgent(): Promise<void> {
    this.#agent = await this.#home.startAgent();
  }

  /** SIGTERM. */
  async stopAgent(): Promise<void> {
    const exitCode = await this.#agent!.stop();
    expect(exitCode, this.#agent!.printed).toBe(0);
  }

  /** The sample of a metric of the running agent's output. */
  async metric(name: string, labels = ''): Promise<number> {
    const { body } = await this.#agent!.page('/metrics');
    return Number(body.match(new RegExp(`^${name}\\{output="loki"${labels}\\} (.+)$`, 'm'))?.[1]);
  }

  /** SIGKILL. */
  async killAgent(): Promise<void> {
    await this.#agent!.kill();
  }

  /** Removes pods while the agent gets no processor, until the kubelet has removed their logs. */
  async removeUnseen(pods: readonly PodSpec[]): Promise<void> {
    this.#agent!.freeze();
    for (const pod of pods) this.node.remove(pod);
    const logs = (): string[] => [...linesOnDisk(this.node.logDir).keys()];
    await expect.poll(logs, { ...POLL, message: 'logs of removed pods' }).toEqual([]);
    this.#agent!.thaw();
  }

  /** How often the log of a pod was rotated. */
  rotated(pod: PodSpec): number {
    return this.witness.rotations(firstSourceOf(pod));
  }

  async untilRotated(pod: PodSpec, times: number): Promise<void> {
    await expect.poll(() => this.rotated(pod), { ...POLL, message: `rotations of ${pod.name}` }).toBeGreaterThanOrEqual(times);
  }

  /** Waits until something of a pod stands in a log. */
  async talking(pod: PodSpec): Promise<void> {
    const lines = (): number => this.witness.lines.get(firstSourceOf(pod))?.length ?? 0;
    await expect.poll(lines, { ...POLL, message: `lines of ${pod.name}` }).toBeGreaterThan(0);
  }

  /** Removes pods and waits until their programs have ended. */
  async end(pods: readonly PodSpec[]): Promise<void> {
    for (const pod of pods) this.node.remove(pod);
    await this.ended(pods);
  }

  /** Waits until programs have said their last word. */
  async ended(pods: readonly PodSpec[]): Promise<void> {
    const lastOf = (pod: PodSpec): string | undefined => this.witness.lines.get(firstSourceOf(pod))?.at(-1);
    const talking = (): string[] => pods.filter((pod) => lastOf(pod)?.startsWith('end ') !== true).map(({ name }) => name);
    await expect.poll(talking, { ...POLL, message: 'pods that have not ended' }).toEqual([]);
  }

  /** Waits until all that is printed by now is stored, and a later start knows it. */
  async settled(): Promise<void> {
    const printed = [...this.witness.lines].map(([source, lines]) => [source, lines.length] as const);
    const missing = (): string[] => {
      const { stored } = this;
      return printed.filter(([source, lines]) => (stored.get(source)?.length ?? 0) < lines).map(([source]) => source);
    };
    await expect.poll(missing, { timeout: PATIENCE_MS, interval: 250, message: 'logs that are not stored' }).toEqual([]);
    const storedMs = Date.now();
    const writtenMs = (): number => Date.now() - (checkpointAgeMs(this.#home.stateDir) ?? Number.POSITIVE_INFINITY);
    await expect.poll(writtenMs, { ...POLL, message: 'positions behind what is stored' }).toBeGreaterThan(storedMs);
  }

  /** Waits until something of a pod is stored. */
  async shipping(pod: PodSpec): Promise<void> {
    const lines = (): number => this.stored.get(firstSourceOf(pod))?.length ?? 0;
    await expect.poll(lines, { ...POLL, message: `stored lines of ${pod.name}` }).toBeGreaterThan(0);
  }

  /** Waits until the last line of every log is stored, but for `vanished` ones; which of those before it are, is for the test to say. */
  async arrival(vanished: ReadonlySet<string> = new Set()): Promise<void> {
    const missing = (): string[] => {
      const stored = new Map(this.#printed.map((entry) => [sourceOf(entry), entry.line.toString()]));
      return [...this.witness.lines]
        .filter(([source, lines]) => stored.get(source) !== lines.at(-1) && !vanished.has(source))
        .map(([source, lines]) => `${source}: ${lines.at(-1)} is printed, ${stored.get(source)} is stored`);
    };
    await expect.poll(missing, { timeout: PATIENCE_MS, interval: 500, message: 'last lines that are not stored' }).toEqual([]);
  }

  /** Lines that an agent which starts now cannot ship: they are neither stored nor on disk. Nothing may be rotated meanwhile. */
  get vanished(): LinesBySource {
    return linesWithout(linesWithout(this.witness.lines, this.stored), linesOnDisk(this.node.logDir));
  }

  /** Entries that a program has printed. */
  get #printed(): StoredEntry[] {
    return this.#loki.entries().filter((entry) => gapOf(entry) === null);
  }

  /** Why lines are missing in the streams of a source, as the agent says in them; in the order it came. */
  get gaps(): LinesBySource {
    const gaps = new Map<string, string[]>();
    for (const entry of this.#loki.entries()) {
      const gap = gapOf(entry);
      if (gap !== null) gaps.set(sourceOf(entry), [...(gaps.get(sourceOf(entry)) ?? []), gap]);
    }
    return gaps;
  }

  /** What is stored, in the order it came, by what its labels and metadata say. What came again byte for byte is there once. */
  get stored(): LinesBySource {
    const stored = new Map<string, string[]>();
    for (const entry of new Map(this.#printed.map((entry) => [identityOf(entry), entry])).values()) {
      const source = sourceOf(entry);
      const lines = stored.get(source);
      if (lines === undefined) stored.set(source, [entry.line.toString()]);
      else lines.push(entry.line.toString());
    }
    return stored;
  }

  /** How many entries came again, and how many of those a Loki would have stored once more, for they had left its head block. */
  get again(): { readonly sent: number; readonly unrecognised: number } {
    const entries = this.#loki.entries();
    const sent = entries.length - new Set(entries.map(identityOf)).size;
    return { sent, unrecognised: sent - this.#loki.counts.known };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent?.[Symbol.asyncDispose]();
    await this.#owned.disposeAsync();
  }
}

function identityOf({ stream, seconds, nanos, line, metadata }: StoredEntry): string {
  return JSON.stringify([stream.name, seconds, nanos, line.toString(), metadata]);
}

/** The reason in a gap record; null for any other entry. */
function gapOf({ metadata }: StoredEntry): string | null {
  return metadata.find(([name]) => name === 'gap')?.[1] ?? null;
}

function sourceOf({ stream, metadata }: StoredEntry): string {
  const { namespace, container } = stream.labels;
  const { pod, restart_count: attempt } = Object.fromEntries(metadata);
  return `${namespace}/${pod}/${container}/${attempt}`;
}

/** Of the first instance of its container. */
function firstSourceOf(pod: PodSpec): string {
  return `${pod.namespace}/${KubeletNode.podName(pod)}/${pod.container}/0`;
}
