import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RunningContainer } from '../../agent/demo/kubelet-log-dir.ts';
import { FaultBench } from '../support/fault-bench.ts';
import { FakeFaultStore } from '../support/fault-store.ts';
import { mayMount, Mount } from '../support/mounts.ts';
import { settledLines } from '../support/settled-lines.ts';
import { tempDir } from '../support/temp-dir.ts';

/** A regular file to stat(2), whose read(2) gives EIO: at address 0 of a process nothing is mapped. */
const UNREADABLE = `/proc/${process.pid}/mem`;

/** Takes every byte that is left where it lies. */
function fillUp(file: string): void {
  expect(() => {
    for (;;) writeFileSync(file, Buffer.alloc(4096), { flag: 'a' });
  }).toThrow('ENOSPC');
}

describe.skipIf(!mayMount())('faults of the disk', () => {
  test('I1 I5 the disk of the state directory is full: lines are delivered, positions are written once there is room', async () => {
    await using dir = await tempDir();
    const stateDir = join(dir.path, 'state');
    mkdirSync(stateDir);
    using _disk = Mount.tmpfs(stateDir, '64k');
    await using bench = await FaultBench.start(await FakeFaultStore.start(), { node: { state_dir: stateDir } });
    const { containers, store } = bench;
    containers.say();
    await bench.exact();
    const settled = settledLines(stateDir, bench.node.logs.path);
    const filler = join(stateDir, 'filler');
    fillUp(filler);
    containers.say();
    containers.rotate();
    containers.say();
    expect(await store.holding(containers.lineCount)).toStrictEqual(containers.printed);
    await bench.grown((metrics) => metrics.total('logferry_checkpoint_failures_total'), 2);
    // What was written before still holds.
    expect(settledLines(stateDir, bench.node.logs.path)).toStrictEqual(settled);
    await bench.ready(200, 'reachable');
    rmSync(filler);
    containers.say();
    await bench.exact();
  });

  test('I5 I6 a log that gives EIO: counted, the others go on, and once it can be read it arrives', async () => {
    using mounts = new DisposableStack();
    const lines = ['first', 'second'];
    let unreadable: Mount | null = null;
    await using bench = await FaultBench.start(await FakeFaultStore.start(), {
      prepare: ({ logs }) => {
        const { log } = logs.start({ namespace: 'shop', pod: 'cart', container: 'unreadable' });
        log.print(lines.map((line) => `${line}\n`).join(''));
        unreadable = mounts.use(Mount.bind(UNREADABLE, log.path));
      },
    });
    const { containers, store } = bench;
    await bench.grown((metrics) => metrics.total('logferry_read_errors_total'), 2);
    containers.say();
    containers.rotate();
    containers.say();
    expect(await store.holding(containers.lineCount)).toStrictEqual(containers.printed);
    unreadable!.unmount();
    containers.say();
    const all = new Map([...containers.printed, ['unreadable stdout', lines]]);
    const stored = await store.holding(containers.lineCount + lines.length);
    expect(sorted(stored)).toStrictEqual(sorted(all));
    await bench.ready(200, 'reachable');
    expect(bench.health.failures).toStrictEqual([]);
  });

  test('I4 I5 a rotated file that gives EIO: waited for while it is there, then lost and counted, and its log goes on', async () => {
    using mounts = new DisposableStack();
    let container: RunningContainer | null = null;
    let rotated = '';
    let unreadable: Mount | null = null;
    await using bench = await FaultBench.start(await FakeFaultStore.start(), {
      prepare: ({ logs }) => {
        container = logs.start({ namespace: 'shop', pod: 'cart', container: 'unreadable' });
        const { log } = container;
        log.print('unreadable\n');
        log.rotate();
        log.print('first\n');
        rotated = rotatedFile(log.path);
        unreadable = mounts.use(Mount.bind(UNREADABLE, rotated));
      },
    });
    await bench.grown((metrics) => metrics.total('logferry_read_errors_total'), 2);
    unreadable!.unmount();
    rmSync(rotated);
    container!.log.print('second\n');
    expect(await bench.store.holding(2)).toStrictEqual(new Map([['unreadable stdout', ['first', 'second']]]));
    await bench.grown((metrics) => metrics.total('logferry_losses_total'), 1);
    expect(bench.health.failures).toStrictEqual([]);
  });
});

function sorted(map: Map<string, string[]>): [string, string[]][] {
  return [...map].sort(([a], [b]) => a.localeCompare(b));
}

/** The only one beside the live file. */
function rotatedFile(livePath: string): string {
  const folder = dirname(livePath);
  return join(folder, readdirSync(folder).find((name) => name !== basename(livePath))!);
}
