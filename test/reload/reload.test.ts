import { rmSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { AgentBench } from '../support/agent-bench.ts';
import { FakeLoki } from '../support/fake-loki.ts';

const NAMES = { namespace: 'shop', pod: 'cart-7d4', uid: 'u-1', container: 'app' };
const CHANGES = 100;
const FAST = { reload: { interval_seconds: 1 } };
const IN_FORCE = 'a changed configuration is in force; no position has moved';
const REFUSED = 'the changed configuration file is refused, the configuration before it stays in force; repair the file';

function outcome(bench: AgentBench, name: string): Promise<number> {
  return bench.globalMetric(`logferry_config_reloads_total{outcome="${name}"}`);
}

function said(bench: AgentBench, message: string): number {
  return bench.log.messages.filter((text) => text === message).length;
}

test('a changed configuration comes into force: lines go on in other streams, no position moves', async () => {
  await using bench = await AgentBench.create({ config: { labels: { static: { region: 'one' } } } });
  const container = bench.logs.start(NAMES);
  await bench.start();
  for (let i = 0; i < 100; i += 1) bench.print(container, `before ${i}`);
  await bench.allStored();
  bench.configure({ config: { labels: { static: { region: 'two' } } } });
  await bench.until(() => bench.log.messages.includes(IN_FORCE));
  for (let i = 0; i < 100; i += 1) bench.print(container, `after ${i}`);
  await bench.allStored();
  const regions = [...bench.loki.entries()].map(({ stream, line }) => `${stream.labels['region']} ${line.toString().split(' ')[0]}`);
  expect(new Set(regions)).toStrictEqual(new Set(['one before', 'two after']));
  expect(bench.stored).toStrictEqual(bench.printed);
});

/** A configuration that comes as change `n`, of a kind that differs from the one before. */
function goodChange(bench: AgentBench, n: number, second: FakeLoki): object {
  const options = {
    config: {
      ...FAST,
      labels: { static: { change: String(n) } },
      stages: n % 2 === 0 ? [] : [{ level: {} }],
      log: { level: n % 5 === 0 ? 'debug' : 'info' },
      checkpoint: { interval_seconds: 1 + (n % 3) },
    },
    output: n % 4 === 1 ? { batch_bytes: 65_536 + n } : { timeout_seconds: 10 + n },
    otherOutputs: n % 6 < 3 ? [{ name: 'second', type: 'loki', url: second.pushUrl, required: false }] : [],
  };
  return bench.written(options);
}

/** Writes a file that must never be in force; any of them would show in a label, or end the agent. */
const BREAKS: readonly ((bench: AgentBench, n: number, second: FakeLoki) => void)[] = [
  (bench) => writeFileSync(bench.configFile, 'labels: {static: {change: broken}}\noutputs: [\n'),
  (bench) => bench.configure({ config: { ...FAST, labels: { static: { change: 'broken' } }, lables: {} } }),
  (bench) => bench.configure({ config: { ...FAST, labels: { static: { change: 'broken' } } }, output: { url: 'ftp://nowhere' } }),
  (bench) => rmSync(bench.configFile),
  (bench, n, second) => {
    const whole = JSON.stringify(goodChange(bench, n, second));
    writeFileSync(bench.configFile, whole.slice(0, whole.length / 2));
  },
  (bench) => bench.configure({ config: { ...FAST, labels: { static: { change: 'broken' } }, state_dir: '/elsewhere' } }),
];

test('I2 I5 a hundred changes under load, every third one broken: nothing lost, nothing doubled, nothing broken in force', async () => {
  await using bench = await AgentBench.create({ config: FAST, loki: { deduplicate: false } });
  await using second = await FakeLoki.start({ clock: bench.clock });
  const containers = ['a', 'b', 'c'].map((container) => bench.logs.start({ ...NAMES, container }));
  await bench.start();
  let lines = 0;
  const print = (): void => {
    for (const container of containers) for (let i = 0; i < 20; i += 1) bench.print(container, `line ${(lines += 1)}`);
  };
  const broken: number[] = [];
  for (let n = 0; n < CHANGES; n += 1) {
    print();
    const before = said(bench, IN_FORCE) + said(bench, REFUSED);
    if (n % 3 === 2) {
      BREAKS[broken.push(n) % BREAKS.length]!(bench, n, second);
    } else writeFileSync(bench.configFile, JSON.stringify(goodChange(bench, n, second)));
    if (n % 7 === 0) bench.hangup.ring();
    await bench.until(() => {
      if (bench.clock.random() < 0.2) print();
      return said(bench, IN_FORCE) + said(bench, REFUSED) > before;
    });
  }
  print();
  await bench.allStored();
  expect(said(bench, IN_FORCE)).toBe(CHANGES - broken.length);
  expect(await outcome(bench, 'applied')).toBe(CHANGES - broken.length);
  expect(await outcome(bench, 'refused')).toBe(broken.length);
  const changes = new Set(bench.loki.entries().map(({ stream }) => stream.labels['change']));
  expect(changes.has('broken')).toBe(false);
  expect(changes.size).toBeGreaterThan(50);
  expect(bench.stored).toStrictEqual(bench.printed);
  await bench.until(async () => (await bench.metric('logferry_in_flight_bytes')) === 0);
  expect(await bench.metric('logferry_ledger_unbalanced_bytes')).toBe(0);
  expect(await bench.metric('logferry_acked_bytes_total')).toBe(await bench.metric('logferry_seen_bytes_total'));
  await bench.stopInTime();
  await bench.start();
  print();
  await bench.allStored();
  expect(bench.stored).toStrictEqual(bench.printed);
}, 60_000);
