import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { NODE_NAME } from '../support/agent-home.ts';
import { ChattyContainers } from '../support/chatty-containers.ts';
import { haveContainerEngine } from '../support/container-engine.ts';
import { linesByChannel } from '../support/lines-by-channel.ts';
import { LokiContainer, PUSH_PATH } from '../support/loki-container.ts';
import { LokiReader } from '../support/loki-reader.ts';
import { Relay } from '../support/relay.ts';
import { TestNode } from '../support/test-node.ts';

const ALL = `{node_name="${NODE_NAME}"}`;

describe.skipIf(!(await haveContainerEngine()))('the built agent and a real Loki', () => {
  let loki: LokiContainer;
  beforeAll(async () => {
    loki = await LokiContainer.start();
  });
  afterAll(() => loki?.[Symbol.asyncDispose]());

  test.each(['protobuf', 'json'] as const)(
    'I1, I2, I8: 20 rotating containers arrive exactly, in order, over a lost connection and a SIGKILL (%s)',
    async (format) => {
      await using relay = await Relay.start(loki.url);
      await using node = await TestNode.create({ url: `${relay.url}${PUSH_PATH}`, tenant: format, format });
      const containers = new ChattyContainers(node.logs, 20);
      const chat = containers.chat(12_000);
      {
        await using victim = await node.startAgent();
        await sleep(3000);
        // Long enough for positions to be written down again, while nothing that was read since is stored.
        relay.cut();
        await sleep(1500);
        await victim.kill();
      }
      await sleep(500);
      await relay.mend();
      await using agent = await node.startAgent();
      await chat;
      const reader = new LokiReader(loki.url, format);
      await reader.atLeast(containers.lineCount, ALL);
      expect(await agent.stop(), agent.printed).toBe(0);

      const stored = await reader.entries(ALL);
      expect(linesByChannel(stored)).toEqual(containers.printed);
      expect(stored).toHaveLength(containers.lineCount);
    },
  );

  test('labels, metadata and tenant', async () => {
    await using node = await TestNode.create({ url: loki.pushUrl, tenant: 'labels' });
    node.logs.start({ namespace: 'shop', pod: 'cart-7d4', container: 'app' }).log.print('hello\n');
    await using agent = await node.startAgent();
    const [entry] = await new LokiReader(loki.url, 'labels').atLeast(1, ALL);
    expect(await agent.stop(), agent.printed).toBe(0);
    expect(entry).toMatchObject({ line: 'hello', metadata: { pod: 'cart-7d4' } });
    expect(entry?.labels).toEqual({
      namespace: 'shop',
      app: 'app',
      container: 'app',
      service_name: 'app',
      job: 'shop/app',
      stream: 'stdout',
      node_name: NODE_NAME,
      region: 'eu-1',
    });
    expect(await new LokiReader(loki.url, 'somebody-else').entries(ALL)).toEqual([]);
  });

  test.each(['protobuf', 'json'] as const)('bytes that are not UTF-8 arrive as far as a query can show them (%s)', async (format) => {
    const tenant = `bytes-${format}`;
    await using node = await TestNode.create({ url: loki.pushUrl, tenant, format });
    node.logs.start({ namespace: 'shop', pod: 'cart', container: 'app' }).log.print(Buffer.from([0x66, 0xff, 0x6f, 0x0a]));
    await using agent = await node.startAgent();
    expect(await new LokiReader(loki.url, tenant).atLeast(1, ALL), agent.printed).toMatchObject([{ line: 'f\uFFFDo' }]);
  });

  test('a line above what Loki takes arrives in parts', async () => {
    await using node = await TestNode.create({ url: loki.pushUrl, tenant: 'long' });
    const line = 'x'.repeat(300 * 1024);
    node.logs.start({ namespace: 'shop', pod: 'cart', container: 'app' }).log.print(`${line}\nshort\n`);
    await using agent = await node.startAgent();
    const stored = await new LokiReader(loki.url, 'long').atLeast(3, ALL);
    expect(
      stored.map((entry) => entry.line.length),
      agent.printed,
    ).toEqual([262_144, 307_200 - 262_144, 5]);
    expect(stored).toMatchObject([
      { metadata: { line_part: '1' } },
      { metadata: { line_part: '2', line_bytes: '307200' } },
      { metadata: { pod: 'cart' } },
    ]);
  });

  test('a wrong path turns the agent unready, and it says what came back', async () => {
    await using node = await TestNode.create({ url: `${loki.url}/loki/api/v2/push`, tenant: 'nowhere' });
    node.logs.start({ namespace: 'shop', pod: 'cart', container: 'app' }).log.print('hello\n');
    await using agent = await node.startAgent();
    await expect
      .poll(() => agent.page('/readyz'), { timeout: 15_000 })
      .toEqual({ status: 503, body: expect.stringContaining('no output can be reached') });
    expect(await agent.page('/healthz')).toMatchObject({ status: 200 });
    expect(agent.printed).toContain('404');
  });
});
