import { statSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { RunningContainer } from '../../agent/demo/kubelet-log-dir.ts';
import { AgentBench } from '../support/agent-bench.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FakeLoki } from '../support/fake-loki.ts';

const LINE = 'x'.repeat(1000);
const LINES = 4000;
/** Looks that are alike when nothing is read any more. */
const LOOKS = 20;

function startPod(bench: AgentBench, name: string): RunningContainer {
  return bench.logs.start({ namespace: 'shop', pod: name, uid: `u-${name}`, container: name });
}

/** Much more than fits into memory with the others: most of it stays unread while the store is down. */
function fill(bench: AgentBench, container: RunningContainer): number {
  for (let n = 0; n < LINES; n += 1) bench.print(container, `${n} ${LINE}`);
  return statSync(container.log.path).size;
}

/** All `bytes` were seen, and reading has stopped for want of memory. */
async function isStalled(bench: AgentBench, bytes: number): Promise<void> {
  let [read, looks] = [0, 0];
  await bench.until(async () => {
    const before = read;
    read = await bench.metric('logferry_read_bytes_total');
    looks = read === before && read + (await bench.metric('logferry_unread_bytes')) === bytes ? looks + 1 : 0;
    return looks === LOOKS;
  });
}

function gapRecords({ loki }: AgentBench): Record<string, string>[] {
  const sets = loki.entries().map(({ metadata }) => Object.fromEntries(metadata) as Record<string, string>);
  return sets.filter(({ gap }) => gap !== undefined);
}

/** The lines of a pod that are stored, gap records apart. */
function linesOf({ loki }: AgentBench, name: string): string[] {
  const entries = loki.entries({ container: name }).filter(({ metadata }) => !metadata.some(([key]) => key === 'gap'));
  return entries.map(({ line }) => line.toString());
}

const small = { memory_bytes: 4 * 1024 * 1024 };

describe('limits.deleted_bytes', () => {
  test('I5 beyond it the pod that was removed first is given up, to the byte; the others are kept', async () => {
    const limits = { ...small, deleted_bytes: 6_000_000 };
    await using bench = await AgentBench.create({ config: { limits }, output: { batch_bytes: 65_536 } });
    const [first, second] = [startPod(bench, 'first'), startPod(bench, 'second')];
    await bench.loki.down();
    await bench.start();
    const bytes = fill(bench, first) + fill(bench, second);
    await isStalled(bench, bytes);
    bench.logs.removePod(first);
    await bench.clock.advance(5000);
    expect(await bench.metric('logferry_lost_bytes_total', ',reason="held_too_long"')).toBe(0);
    const unread = await bench.metric('logferry_deleted_bytes');
    bench.logs.removePod(second);
    await bench.until(async () => (await bench.metric('logferry_losses_total', ',reason="held_too_long"')) === 1);
    const lost = await bench.metric('logferry_lost_bytes_total', ',reason="held_too_long"');
    expect(lost).toBe(unread);
    await bench.loki.up();
    await bench.until(async () => gapRecords(bench).length === 1 && (await bench.metric('logferry_sources')) === 0);
    expect(gapRecords(bench)).toMatchObject([{ pod: 'first', gap: 'held_too_long', gap_bytes: String(lost) }]);
    expect(linesOf(bench, 'second')).toStrictEqual(bench.printed.get('second stdout'));
    const kept = linesOf(bench, 'first');
    expect(kept).toStrictEqual(bench.printed.get('first stdout')?.slice(0, kept.length));
    const ackedBytes = await bench.metric('logferry_acked_bytes_total');
    expect([ackedBytes + lost, await bench.metric('logferry_ledger_unbalanced_bytes')]).toStrictEqual([bytes, 0]);
    expect(await bench.metric('logferry_losses_total', ',reason="held_too_long"')).toBe(1);
  });
});

describe('required: false', () => {
  test('an output that is down holds no deleted file, and does not turn the agent unready while the required one is fine', async () => {
    const clock = new FakeClock();
    await using spare = await FakeLoki.start({ clock, deduplicate: false });
    const other = { name: 'spare', type: 'loki', url: spare.pushUrl, required: false, batch_bytes: 65_536 };
    await spare.down();
    const config = { limits: { memory_bytes: 8 * 1024 * 1024 } };
    await using bench = await AgentBench.create({ clock, config, output: { batch_bytes: 65_536 }, otherOutputs: [other] });
    const container = startPod(bench, 'app');
    await bench.start();
    fill(bench, container);
    await bench.allStored();
    bench.logs.removePod(container);
    const ofSpare = (name: string, labels = ''): Promise<number> => bench.globalMetric(`${name}{output="spare"${labels}}`);
    await bench.until(async () => (await ofSpare('logferry_losses_total', ',reason="held_too_long"')) === 1);
    expect(await ofSpare('logferry_deleted_bytes')).toBe(0);
    expect(await ofSpare('logferry_ledger_unbalanced_bytes')).toBe(0);
    expect(await bench.metric('logferry_losses_total', ',reason="held_too_long"')).toBe(0);
    await bench.until(async () => (await bench.page('/readyz')).body.includes('output spare: unreachable'));
    expect((await bench.page('/readyz')).status).toBe(200);
    await bench.until(async () => (await bench.globalMetric('logferry_open_files')) === 0);
  });
});
