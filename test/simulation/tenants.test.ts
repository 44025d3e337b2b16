import { join } from 'node:path';
import { array, assert, asyncProperty, constantFrom, integer, oneof, record } from 'fast-check';
import { expect, test } from 'vitest';
import type { AssembledOutput } from '../../agent/assembly/assemble-output.ts';
import { KubeletLogDir } from '../../agent/demo/kubelet-log-dir.ts';
import { sourceIdOf, sourceOfId } from '../../agent/discover/log-path.ts';
import { assembleBench } from '../support/assemble-bench.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { tempDir } from '../support/temp-dir.ts';
import { type Mood, TenantStore } from '../support/tenant-store.ts';
import { FaultyFiles } from './faulty-files.ts';

/** Two containers of a tenant each, and one whose lines say whose they are. */
const NAMESPACES = ['team-a', 'team-b', 'mixed'];
const CONFIG = {
  containers: { max_line_bytes: 16_384 },
  tenants: { allowed: ['team-*'], max_per_node: 4 },
  routes: [
    { logs: { namespace: 'mixed' }, lines: '|= "for a"', tenant: 'team-a' },
    { logs: { namespace: 'mixed' }, lines: '|= "for b"', tenant: 'team-b' },
    { logs: { namespace: 'team-*' }, tenant: '{namespace}' },
  ],
};

type Action =
  | { readonly kind: 'write'; readonly container: number; readonly lines: number }
  | { readonly kind: 'mood'; readonly tenant: string; readonly mood: Mood }
  | { readonly kind: 'pass'; readonly seconds: number }
  | { readonly kind: 'kill' };

const ACTIONS = array(
  oneof(
    {
      weight: 4,
      arbitrary: record({
        kind: constantFrom('write' as const),
        container: integer({ min: 0, max: 2 }),
        lines: integer({ min: 1, max: 300 }),
      }),
    },
    {
      weight: 3,
      arbitrary: record({
        kind: constantFrom('mood' as const),
        tenant: constantFrom('team-a', 'team-b', 'shared'),
        mood: constantFrom<Mood>('takes', 'limits', 'fails', 'hangs', 'loses_answers'),
      }),
    },
    { weight: 4, arbitrary: record({ kind: constantFrom('pass' as const), seconds: integer({ min: 1, max: 60 }) }) },
    { weight: 1, arbitrary: record({ kind: constantFrom('kill' as const) }) },
  ),
  { maxLength: 25 },
);

/** One output with its tenants between real files and a store of moods. */
class TenantNode implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly store = new TenantStore(this.clock);
  /** By tenant and namespace, the lines in the order in which they were printed. */
  readonly printed = new Map<string, string[]>();
  readonly #logs: KubeletLogDir;
  readonly #path: string;
  readonly #containers;
  #running: { readonly assembled: AssembledOutput; readonly stop: AbortController; readonly done: Promise<void> } | null = null;
  #written = 0;

  constructor(path: string) {
    this.#path = path;
    this.#logs = new KubeletLogDir(path, { clock: this.clock });
    this.#containers = NAMESPACES.map((namespace) => this.#logs.start({ namespace, pod: 'pod', container: 'app' }));
  }

  get assembled(): AssembledOutput {
    return this.#running!.assembled;
  }

  async start(positions = {}): Promise<void> {
    const { clock, store } = this;
    const output = { tenant: 'shared' };
    const assembled = await assembleBench(join(this.#path, 'pods'), clock, {
      store,
      positions,
      config: CONFIG,
      output,
      fs: new FaultyFiles(),
    });
    const stop = new AbortController();
    assembled.lanes.start();
    this.#running = { assembled, stop, done: assembled.pipeline.run(stop.signal) };
    assembled.update(this.#containers.map(({ log }) => ({ ...sourceOfId(sourceIdOf(log.path)!)!, path: log.path })));
  }

  write(container: number, lines: number): void {
    for (let n = 0; n < lines; n += 1) {
      this.#written += 1;
      const namespace = NAMESPACES[container]!;
      const owner = ['a', 'b', 'nobody'][this.#written % 3]!;
      const tenant = namespace === 'mixed' ? (owner === 'nobody' ? 'shared' : `team-${owner}`) : namespace;
      const line = `${this.#written} for ${owner} ${'.'.repeat(500)}`;
      const key = `${tenant} ${namespace}`;
      this.printed.set(key, [...(this.printed.get(key) ?? []), line]);
      this.#containers[container]!.log.print(`${line}\n`);
    }
  }

  async pass(seconds: number): Promise<void> {
    for (let step = 0; step < seconds * 4; step += 1) {
      await this.clock.advance(250);
      expect(this.assembled.budget.availableBytes).toBeGreaterThanOrEqual(0);
      expect(this.assembled.pipeline.unbalancedBytes).toBe(0);
    }
  }

  /** The next run begins at what was on disk then. */
  async kill(): Promise<void> {
    const positions = this.assembled.pipeline.checkpoint();
    await this.#stop();
    await this.start(positions);
  }

  async #stop(): Promise<void> {
    const { assembled, stop, done } = this.#running!;
    stop.abort();
    await Promise.all([done, assembled.lanes[Symbol.asyncDispose]()]);
    assembled.pipeline.close();
  }

  /** By tenant and namespace, the lines in the order in which they were stored the first time. */
  get stored(): Map<string, string[]> {
    const entries = [...this.store.stored].map(([key, lines]): [string, string[]] => {
      const [tenant] = key.split(' ', 1);
      return [`${tenant} ${/namespace="([^"]*)"/.exec(key)![1]}`, [...new Set(lines)]];
    });
    return new Map(entries);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
    this.#logs[Symbol.dispose]();
  }
}

test('I1 I2 I3 I5 I8 whatever a store does to which tenant, and whenever the agent is killed, each line comes to its tenant, in order', async () => {
  await assert(
    asyncProperty(ACTIONS, async (actions: readonly Action[]) => {
      await using dir = await tempDir();
      await using node = new TenantNode(dir.path);
      await node.start();
      for (const action of actions) {
        if (action.kind === 'write') node.write(action.container, action.lines);
        else if (action.kind === 'mood') node.store.moods.set(action.tenant, action.mood);
        else if (action.kind === 'pass') await node.pass(action.seconds);
        else await node.kill();
      }
      node.store.moods.clear();
      await node.pass(120);
      expect(node.stored).toStrictEqual(node.printed);
      expect(node.assembled.budget.usedBytes).toBe(0);
    }),
    { numRuns: 40 },
  );
});
