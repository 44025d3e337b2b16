import { expect } from 'vitest';
import { type LinesBySource, runsBySource } from '../support/lines-by-source.ts';
import type { StoredEntry } from '../support/loki-reader.ts';
import { LogWitness } from '../support/log-witness.ts';
import { AgentDaemonSet } from './agent-daemon-set.ts';
import { Cluster } from './cluster.ts';
import { NodeLoki } from './node-loki.ts';

/** For 500 pods, of which five a second come and go, two on a busy machine. */
const POLL = { timeout: 450_000, interval: 250 };

/** The agent's own DaemonSet in a real cluster, pushing to a real Loki, with a witness of all that containers print on the node. */
export class ClusterBench implements AsyncDisposable {
  readonly cluster: Cluster = new Cluster();
  readonly agent: AgentDaemonSet = new AgentDaemonSet(this.cluster);
  readonly namespace: string;
  readonly #loki: NodeLoki;
  readonly #witness: LogWitness;
  readonly #owned: AsyncDisposableStack;

  private constructor(namespace: string, parts: { loki: NodeLoki; witness: LogWitness; owned: AsyncDisposableStack }) {
    this.namespace = namespace;
    this.#loki = parts.loki;
    this.#witness = parts.witness;
    this.#owned = parts.owned;
  }

  /** In a namespace of its own: what a pod has logged outlives it, and the test that ran it, for up to a minute. */
  static async start(namespace: string): Promise<ClusterBench> {
    await using starting = new AsyncDisposableStack();
    const loki = starting.use(await NodeLoki.start());
    const witness = starting.use(new LogWitness('/var/log'));
    const bench = new ClusterBench(namespace, { loki, witness, owned: starting.move() });
    await bench.agent.apply();
    await bench.cluster.makeNamespace(namespace);
    return bench;
  }

  /** What the workloads of the tests have printed so far. */
  get printed(): LinesBySource {
    return new Map([...this.#witness.lines].filter(([source]) => source.startsWith(`${this.namespace}/`)));
  }

  /** How often logs of the workloads were rotated. */
  get rotations(): number {
    return [...this.printed.keys()].reduce((sum, source) => sum + this.#witness.rotations(source), 0);
  }

  async untilRotated(times: number): Promise<void> {
    await expect.poll(() => this.rotations, { ...POLL, message: 'rotations' }).toBeGreaterThanOrEqual(times);
  }

  /** Waits until so many containers of a workload have printed their last line. */
  async untilEnded(workload: string, count: number): Promise<void> {
    const prefix = `${this.namespace}/${workload}-`;
    const ended = (): number =>
      [...this.printed].filter(([source, lines]) => source.startsWith(prefix) && lines.at(-1)?.startsWith('end ') === true).length;
    await expect.poll(ended, { ...POLL, message: `ended containers of ${workload}` }).toBeGreaterThanOrEqual(count);
  }

  /** Waits until all that is printed is stored, which is everything once nothing runs any more. */
  async stored(): Promise<StoredEntry[]> {
    const lines = [...this.printed.values()].reduce((sum, { length }) => sum + length, 0);
    return this.#loki.reader.atLeast(lines, `{namespace="${this.namespace}"}`);
  }

  /** Every line that was printed is there once, in the order of its source. */
  expectExactlyOnce(entries: readonly StoredEntry[]): void {
    const lines = new Map([...bySource(entries)].map(([source, entries]) => [source, entries.map(({ line }) => line)]));
    expect(runsBySource(lines)).toEqual(runsBySource(this.printed));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned.disposeAsync();
  }
}

/** Entries by the instance that printed them, `namespace/pod/container/attempt`, as their labels and metadata say. */
export function bySource(entries: readonly StoredEntry[]): ReadonlyMap<string, readonly StoredEntry[]> {
  return Map.groupBy(entries, ({ labels, metadata }) =>
    [labels['namespace'], metadata['pod'], labels['container'], metadata['restart_count']].join('/'),
  );
}
