import { execFileSync } from 'node:child_process';
import { appendFileSync, linkSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { AgentBench } from '../support/agent-bench.ts';
import { type TempDir, tempDir } from '../support/temp-dir.ts';

const EVIL = { namespace: 'evil', pod: 'pod', uid: 'u-9', container: 'app' };
const CART = { namespace: 'shop', pod: 'cart-7d4', uid: 'u-1', container: 'app' };

/** A node with a pod that behaves, one whose log directory a hostile pod has a hand in, and a file of the host. */
class PlantedNode {
  readonly bench: AgentBench;
  /** Of the host, outside of the logs. It looks like a log, so that nothing but the guard keeps it from being stored. */
  readonly secret: string;
  /** Where the evil pod's log is expected. */
  readonly live: string;

  private constructor(bench: AgentBench, elsewhere: TempDir) {
    this.bench = bench;
    this.secret = join(elsewhere.path, 'shadow');
    writeFileSync(this.secret, this.record('root:secret'));
    this.live = join(bench.logs.path, 'pods/evil_pod_u-9/app/0.log');
    mkdirSync(dirname(this.live), { recursive: true });
  }

  static async create(): Promise<PlantedNode> {
    const elsewhere = await tempDir();
    const bench = await AgentBench.create();
    onTestFinished(async () => {
      await bench[Symbol.asyncDispose]();
      await elsewhere[Symbol.asyncDispose]();
    });
    return new PlantedNode(bench, elsewhere);
  }

  /** As a container runtime writes a line now. */
  record(line: string): string {
    return `${new Date(this.bench.clock.now()).toISOString()} stdout F ${line}\n`;
  }

  /** Runs the agent until what a neighbour prints, before and after its start, is stored. */
  async runBesideNeighbour(): Promise<void> {
    const { bench } = this;
    const neighbour = bench.logs.start(CART);
    bench.print(neighbour, 'before');
    await bench.start();
    await bench.allStored();
    bench.print(neighbour, 'after');
    await bench.until(() => this.linesOf('shop').includes('after'));
    expect(await bench.globalMetric('logferry_ledger_unbalanced_bytes{output="loki"}')).toBe(0);
  }

  linesOf(namespace: string): string[] {
    return this.bench.loki.entries({ namespace }).map(({ line }) => line.toString());
  }

  unopened(reason: string): Promise<number> {
    return this.bench.metric('logferry_unopened_logs', `,reason="${reason}"`);
  }
}

describe('a link to a file of the host', () => {
  test('in place of the live log is not followed', async () => {
    const node = await PlantedNode.create();
    symlinkSync(node.secret, node.live);
    await node.runBesideNeighbour();
    expect([node.linesOf('evil'), await node.unopened('outside_roots')]).toStrictEqual([[], 1]);
  });

  test.each(['0.log.20260101-000000', '0.log.20260101-000000.gz', '0.log.1'])(
    'under the name %s of a rotated file is passed over, and what the pod really wrote is shipped',
    async (name) => {
      const node = await PlantedNode.create();
      symlinkSync(node.secret, join(dirname(node.live), name));
      node.bench.logs.start(EVIL).log.print('its own\n');
      await node.runBesideNeighbour();
      await node.bench.until(() => node.linesOf('evil').length > 0);
      expect(node.linesOf('evil')).toStrictEqual(['its own']);
    },
  );

  test('that takes the place of a log that is being read is not followed, nor is what was there before given up', async () => {
    const node = await PlantedNode.create();
    const { log } = node.bench.logs.start(EVIL);
    log.print('its own\n');
    await node.runBesideNeighbour();
    await node.bench.until(() => node.linesOf('evil').length > 0);
    rmSync(node.live);
    symlinkSync(node.secret, node.live);
    await node.bench.clock.advance(60_000);
    expect(node.linesOf('evil')).toStrictEqual(['its own']);
  });

  test.each(['pods/evil_pod_u-9', 'pods/evil_pod_u-9/app'])('by way of a directory at %s', async (directory) => {
    const node = await PlantedNode.create();
    const there = join(dirname(node.secret), 'app');
    for (const path of [there, dirname(there)]) {
      mkdirSync(join(path, 'app'), { recursive: true });
      writeFileSync(join(path, '0.log'), node.record('root:secret'));
      writeFileSync(join(path, 'app/0.log'), node.record('root:secret'));
    }
    const planted = join(node.bench.logs.path, directory);
    rmSync(planted, { recursive: true });
    symlinkSync(there, planted);
    await node.runBesideNeighbour();
    expect([node.linesOf('evil'), await node.unopened('outside_roots')]).toStrictEqual([[], 1]);
  });

  test('beside those of the kubelet in containers/ is never opened', async () => {
    const node = await PlantedNode.create();
    symlinkSync(node.secret, join(node.bench.logs.path, `containers/pod_evil_app-${'ab'.repeat(32)}.log`));
    await node.runBesideNeighbour();
    expect(node.bench.loki.entries().map(({ line }) => line.toString())).toStrictEqual(['before', 'after']);
  });
});

describe('a link to another pod’s log', () => {
  test.each([
    ['its file', 'pods/evil_pod_u-9/app/0.log', 'pods/shop_cart-7d4_u-1/app/0.log'],
    ['its container', 'pods/evil_pod_u-9/app', 'pods/shop_cart-7d4_u-1/app'],
    ['its directory', 'pods/evil_pod_u-9', 'pods/shop_cart-7d4_u-1'],
  ])('%s is not shipped under the name of the one that planted it', async (_, planted, target) => {
    const node = await PlantedNode.create();
    const { path } = node.bench.logs;
    rmSync(join(path, planted), { recursive: true, force: true });
    symlinkSync(join(path, target), join(path, planted));
    await node.runBesideNeighbour();
    expect([node.linesOf('evil'), await node.unopened('another_pod')]).toStrictEqual([[], 1]);
    expect(node.linesOf('shop')).toStrictEqual(['before', 'after']);
  });
});

test('a link under the name of a rotated file alone leaves a log without a file, and is none', async () => {
  const node = await PlantedNode.create();
  const target = join(node.bench.logs.path, 'pods/shop_cart-7d4_u-1/app/0.log');
  symlinkSync(target, join(dirname(node.live), '1.log.20260101-000000'));
  await node.runBesideNeighbour();
  expect([node.linesOf('evil'), await node.unopened('missing')]).toStrictEqual([[], 1]);
});

describe('what is no regular file', () => {
  test.each([
    ['a FIFO', (path: string) => execFileSync('mkfifo', [path])],
    ['a directory', (path: string) => mkdirSync(path)],
    ['a link to itself', (path: string) => symlinkSync(path, path)],
  ])('%s holds nobody up', async (_, plant) => {
    const node = await PlantedNode.create();
    plant(node.live);
    await node.runBesideNeighbour();
    expect([node.linesOf('evil'), await node.unopened('not_regular')]).toStrictEqual([[], 1]);
  });

  test('a socket neither', async () => {
    const node = await PlantedNode.create();
    // Names of sockets are short, and links to them are followed.
    const short = await tempDir();
    const path = join(short.path, 's');
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path, resolve));
    onTestFinished(async () => {
      await new Promise((resolve) => server.close(resolve));
      await short[Symbol.asyncDispose]();
    });
    linkSync(path, node.live);
    await node.runBesideNeighbour();
    expect([node.linesOf('evil'), await node.unopened('not_regular')]).toStrictEqual([[], 1]);
  });

  test('nor does a device', async () => {
    const node = await PlantedNode.create();
    const isMade = makeDevice(node.live);
    if (!isMade) symlinkSync('/dev/zero', node.live);
    await node.runBesideNeighbour();
    expect([node.linesOf('evil'), await node.unopened(isMade ? 'not_regular' : 'outside_roots')]).toStrictEqual([[], 1]);
  });

  test.each(['0.log.20260101-000000', '0.log.20260101-000000.gz'])(
    'a FIFO under the name %s of a rotated file is passed over',
    async (name) => {
      const node = await PlantedNode.create();
      execFileSync('mkfifo', [join(dirname(node.live), name)]);
      node.bench.logs.start(EVIL).log.print('its own\n');
      await node.runBesideNeighbour();
      await node.bench.until(() => node.linesOf('evil').length > 0);
      expect(node.linesOf('evil')).toStrictEqual(['its own']);
    },
  );
});

describe('a second name of a log', () => {
  test('by hard links or a link is no second log: it is read once', async () => {
    const node = await PlantedNode.create();
    const { log } = node.bench.logs.start(EVIL);
    log.print('its own\n');
    linkSync(node.live, join(dirname(node.live), '0.log.20260101-000000'));
    linkSync(node.live, join(dirname(node.live), '0.log.20260101-000001'));
    symlinkSync('0.log', join(dirname(node.live), '0.log.20260101-000002'));
    await node.runBesideNeighbour();
    await node.bench.until(() => node.linesOf('evil').length > 0);
    appendFileSync(node.live, node.record('more'));
    await node.bench.until(() => node.linesOf('evil').includes('more'));
    expect(node.linesOf('evil')).toStrictEqual(['its own', 'more']);
  });
});

/** Makes one like /dev/zero; false where only the owner of the machine may. */
function makeDevice(path: string): boolean {
  try {
    execFileSync('mknod', [path, 'c', '1', '5'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
