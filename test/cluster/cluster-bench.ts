import { expect } from 'vitest';
import { type LinesBySource, runsBySource } from '../support/lines-by-source.ts';
import type { StoredEntry } from '../support/loki-reader.ts';
import { LogWitness } from '../support/log-witness.ts';
import { AgentDaemonSet } from './agent-daemon-set.ts';
import { Cluster } from './cluster.ts';
import { NodeLoki } from './node-loki.ts';
import { NAMESPACE, namespace } from './workloads.ts';

const SELECTOR = `{namespace="${NAMESPACE}"}`;
const POLL = { timeout: 100_000, interval: 250 };

/** The agent's own DaemonSet in a real cluster, pushing to a real Loki, with a witness of all that containers print on the node. */
export class ClusterBench implements AsyncDisposable {
  readonly cluster: Cluster = new Cluster();
  readonly agent: AgentDaemonSet = new AgentDaemonSet(this.cluster);
  readonly #loki: NodeLoki;
  readonly #witness: LogWitness;
  readonly #owned: AsyncDisposableStack;

  private constructor(loki: NodeLoki, witness: LogWitness, owned: AsyncDisposableStack) {
    this.#loki = loki;
    this.#witness = witness;
    this.#owned = owned;
  }

  static async start(): Promise<ClusterBench> {
    await using starting = new AsyncDisposableStack();
    const loki = starting.use(await NodeLoki.start());
    const witness = starting.use(new LogWitness('/var/log'));
    const bench = new ClusterBench(loki, witness, starting.move());
    await bench.agent.apply();
    await bench.cluster.apply(namespace(NAMESPACE));
    return bench;
  }

  /** What the workloads of the tests have printed so far. */
  get printed(): LinesBySource {
    return new Map([...this.#witness.lines].filter(([source]) => source.startsWith(`${NAMESPACE}/`)));
  }

  /** How often logs of the workloads were rotated. */
  get rotations(): number {
    return [...this.printed.keys()].reduce((sum, source) => sum + this.#witness.rotations(source), 0);
  }

  async untilRotated(times: number): Promise<void> {
    await expect.poll(() => this.rotations, { ...POLL, message: 'rotations' }).toBeGreaterThanOrEqual(times);
  }

  /** Waits until so many containers whose source begins like this have printed their last line. */
  async untilEnded(prefix: string, count: number): Promise<void> {
    const ended = (): number =>
      [...this.printed].filter(([source, lines]) => source.startsWith(prefix) && lines.at(-1)?.startsWith('end ') === true).length;
    await expect.poll(ended, { ...POLL, message: `ended containers of ${prefix}` }).toBeGreaterThanOrEqual(count);
  }

  /** Waits until all that is printed is stored, which is everything once nothing runs any more. */
  async stored(): Promise<StoredEntry[]> {
    const lines = [...this.printed.values()].reduce((sum, { length }) => sum + length, 0);
    return this.#loki.reader.atLeast(lines, SELECTOR);
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
