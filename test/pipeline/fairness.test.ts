import { describe, expect, test } from 'vitest';
import { AgentBench } from '../support/agent-bench.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { FakeLoki } from '../support/fake-loki.ts';

describe('fair turns', () => {
  test('one container with 50 MB to say keeps no quiet one waiting', async () => {
    await using bench = await AgentBench.create({ loki: { keepEntries: true } });
    const busy = bench.logs.start({ namespace: 'shop', pod: 'busy', uid: 'u-0', container: 'busy' });
    for (let n = 0; n < 50; n += 1) busy.log.print(`${'y'.repeat(9999)}\n`.repeat(100));
    const quiet = Array.from({ length: 100 }, (_, n) =>
      bench.logs.start({ namespace: 'shop', pod: 'quiet', uid: `u-${n + 1}`, container: `quiet-${n}` }),
    );
    for (const container of quiet) bench.print(container, 'quiet');
    await bench.start();
    await bench.until(() => bench.loki.counts.stored === 5100);
    const order = bench.loki.entries().map(({ stream }) => stream.labels['container']);
    const lastQuiet = order.findLastIndex((name) => name !== 'busy');
    // Every quiet one has its turn after one chunk of the busy one; what is in front of them is what batches hold.
    expect(lastQuiet).toBeLessThan(1000);
  });
});

describe('two outputs', () => {
  test('one that is down does not delay the other, and gets everything once it is back', async () => {
    await using late = await FakeLoki.start({ clock: new FakeClock(), deduplicate: false });
    const { pushUrl } = late;
    await late.down();
    await using bench = await AgentBench.create({ otherOutputs: [{ name: 'late', type: 'loki', url: pushUrl }] });
    const container = bench.logs.start({ namespace: 'shop', pod: 'cart', uid: 'u-1', container: 'app' });
    await bench.start();
    for (let n = 0; n < 100; n += 1) bench.print(container, `line ${n}`);
    await bench.allStored();
    expect([bench.stored, late.counts.stored]).toStrictEqual([bench.printed, 0]);
    await late.up();
    await bench.until(() => late.counts.stored === 100);
    expect(late.lines()).toStrictEqual(bench.printed.get('app stdout'));
  });
});
