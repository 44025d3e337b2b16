import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ChattyContainers } from '../support/chatty-containers.ts';
import { eventually } from '../support/eventually.ts';
import { FakeLoki } from '../support/fake-loki.ts';
import { TestNode } from '../support/test-node.ts';

const ROOT = join(import.meta.dirname, '../..');
/** Longer than a start takes on a quiet machine, and how often it is cut short: more than once while the configuration is read. */
const START_MS = 480;
const STARTS = 80;

/** What a second start finds: nothing is missing, nothing was sent twice. */
function exactly(loki: FakeLoki, containers: ChattyContainers): void {
  expect(loki.lines().sort()).toStrictEqual([...containers.printed.values()].flat().sort());
}

test('the Node.js of this run is the one that the repository pins', () => {
  const { optionalDependencies } = JSON.parse(readFileSync(join(ROOT, 'tools/node/package.json'), 'utf8')) as {
    optionalDependencies: Record<string, string>;
  };
  console.log(`Node.js ${process.version} at ${process.execPath}`);
  expect(new Set(Object.values(optionalDependencies).map((version) => `v${version}`))).toStrictEqual(new Set([process.version]));
});

test('I1 I7 I8 SIGTERM: what was read is stored, exit code 0, and the next start repeats nothing', async () => {
  await using loki = await FakeLoki.start({ deduplicate: false });
  await using node = await TestNode.create({ url: loki.pushUrl, tenant: 'team-a' });
  const containers = new ChattyContainers(node.logs, 5);
  for (let starts = 0; starts < 3; starts += 1) {
    const agent = await node.startAgent();
    await containers.chat(1500);
    expect(await agent.stop()).toBe(0);
  }
  await using agent = await node.startAgent();
  await loki.waitFor(() => loki.counts.stored >= containers.lineCount);
  expect(await agent.stop()).toBe(0);
  exactly(loki, containers);
});

test('I7 I8 SIGTERM while the store hangs: exit code 0 by the deadline, the next start delivers the rest', async () => {
  await using loki = await FakeLoki.start();
  await using node = await TestNode.create({ url: loki.pushUrl, tenant: 'team-a' }, { limits: { drain_seconds: 1 } });
  const containers = new ChattyContainers(node.logs, 5);
  const first = await node.startAgent();
  await containers.chat(1000);
  loki.fault({ kind: 'hang', stored: true }, { times: 1_000_000 });
  await containers.chat(1000);
  expect(await first.stop()).toBe(0);
  expect(first.printed).toContain('"agent stopped"');
  loki.clearFaults();
  await using second = await node.startAgent();
  await loki.waitFor(() => loki.counts.stored >= containers.lineCount);
  expect(await second.stop()).toBe(0);
  exactly(loki, containers);
});

test('I7 SIGTERM at whatever moment of the start ends the agent', async () => {
  await using node = await TestNode.create({ url: 'http://127.0.0.1:9/loki/api/v1/push', tenant: 'team-a' });
  for (let waitMs = 0; waitMs < START_MS; waitMs += START_MS / STARTS) {
    await using agent = node.spawnAgent();
    await sleep(waitMs);
    // By the signal itself, or once it is up in good order.
    expect([null, 0]).toContain(await agent.stop());
  }
}, 60_000);

test('I8 a store that is down at the start and comes later gets everything', async () => {
  await using loki = await FakeLoki.start({ deduplicate: false });
  await loki.down();
  await using node = await TestNode.create({ url: loki.pushUrl, tenant: 'team-a' });
  const containers = new ChattyContainers(node.logs, 5);
  await using agent = await node.startAgent();
  await containers.chat(2000);
  await eventually(async () => expect(await agent.page('/readyz')).toMatchObject({ status: 503 }));
  await loki.up();
  await loki.waitFor(() => loki.counts.stored >= containers.lineCount);
  expect(await agent.stop()).toBe(0);
  exactly(loki, containers);
});
