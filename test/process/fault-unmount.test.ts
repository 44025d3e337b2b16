import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { AgentMetrics } from '../support/agent-metrics.ts';
import { eventually } from '../support/eventually.ts';
import { FaultBench } from '../support/fault-bench.ts';
import { FakeFaultStore } from '../support/fault-store.ts';
import { mayMount, Mount } from '../support/mounts.ts';
import { tempDir } from '../support/temp-dir.ts';
import type { TestNode } from '../support/test-node.ts';

function scans(metrics: AgentMetrics): number {
  return metrics.total('logferry_scans_total');
}

/** Until logs that are gone are seen to be gone, and until they are let go. */
const FLAPS: readonly [string, (bench: FaultBench) => Promise<void>][] = [
  ['for two scans', async (bench) => bench.grown(scans, scans(await bench.metrics()) + 2)],
  ['until all logs are given up', (bench) => eventually(async () => expect((await bench.metrics()).total('logferry_sources')).toBe(0))],
];

interface Scene extends AsyncDisposable {
  readonly bench: FaultBench;
  readonly store: FakeFaultStore;
  /** What the agent sees of the log directory, which itself is always there. */
  readonly mount: Mount;
  readonly logDir: string;
}

async function mountedLogs(): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const dir = stack.use(await tempDir());
  const logDir = join(dir.path, 'log');
  mkdirSync(logDir);
  const mounts = stack.use(new DisposableStack());
  const views: Mount[] = [];
  const store = await FakeFaultStore.start();
  const prepare = ({ logs }: TestNode): void => void views.push(mounts.use(Mount.bind(logs.path, logDir)));
  const bench = stack.use(await FaultBench.start(store, { node: { containers: { log_dir: logDir } }, prepare }));
  const whole = stack.move();
  return { bench, store, mount: views[0]!, logDir, [Symbol.asyncDispose]: () => whole[Symbol.asyncDispose]() };
}

describe.skipIf(!mayMount())('I1 I2 I4 I5 the log directory is unmounted', () => {
  test.for(FLAPS)('%s, and mounted again: what was written meanwhile arrives, and nothing twice', async ([, enough]) => {
    await using scene = await mountedLogs();
    const { bench, mount, store } = scene;
    const { containers } = bench;
    containers.say();
    await bench.exact();
    mount.unmount();
    containers.say();
    containers.rotate();
    containers.say();
    await enough(bench);
    mount.mount();
    containers.say();
    await bench.exact();
    expect(store.loki.counts.known).toBe(0);
  });

  test('while other files of the same names lie beneath, and mounted again: what was written meanwhile arrives', async () => {
    await using scene = await mountedLogs();
    const { bench, mount, logDir } = scene;
    const { containers, node } = bench;
    containers.say();
    await bench.exact();
    const names = readdirSync(node.logs.path, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('/0.log'));
    mount.unmount();
    for (const name of names) {
      mkdirSync(dirname(join(logDir, name)), { recursive: true });
      writeFileSync(join(logDir, name), `${new Date().toISOString()} stdout F beneath\n`);
    }
    await eventually(async () =>
      expect((await bench.metrics()).total('logferry_sent_entries_total')).toBe(containers.lineCount + names.length),
    );
    containers.say();
    mount.mount();
    containers.say();
    const stored = await bench.store.holding(containers.lineCount + names.length);
    const ofContainers = [...stored].map(([key, lines]) => [key, lines.filter((line) => line !== 'beneath')] as const);
    expect(new Map(ofContainers)).toStrictEqual(containers.printed);
  });
});
