import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { AgentBench } from '../support/agent-bench.ts';

/** The directory of a container of a pod that is not what it seems. */
function evilDirectory({ logs }: AgentBench): string {
  const directory = join(logs.path, 'pods/evil_pod_u-9/app');
  mkdirSync(directory, { recursive: true });
  return directory;
}

/** A neighbour that has nothing to do with it prints a line; ends once that is stored. */
async function neighbourIsServed(bench: AgentBench): Promise<void> {
  const neighbour = bench.logs.start({ namespace: 'shop', pod: 'cart-7d4', uid: 'u-1', container: 'cart' });
  bench.print(neighbour, 'fine');
  await bench.until(() => bench.loki.lines({ container: 'cart' }).length > 0);
}

/** Lines that were stored as the evil pod's. */
function evilLines({ loki }: AgentBench): string[] {
  return loki.lines({ namespace: 'evil' });
}

/** Every byte that was seen is accounted for, and every one of them was delivered. */
async function expectBalanced(bench: AgentBench): Promise<void> {
  await bench.until(async () => (await bench.metric('logferry_in_flight_bytes')) + (await bench.metric('logferry_unread_bytes')) === 0);
  expect(await bench.metric('logferry_ledger_unbalanced_bytes')).toBe(0);
}

describe('what a container prints', () => {
  test('in line feeds alone costs a few bytes on the wire for each, in requests of the usual size', async () => {
    const feeds = 20_000;
    await using bench = await AgentBench.create();
    const record = '2024-05-01T12:00:00Z stdout F \n';
    writeFileSync(join(evilDirectory(bench), '0.log'), record + '\n'.repeat(feeds) + record.repeat(feeds));
    await bench.start();
    await neighbourIsServed(bench);
    await expectBalanced(bench);
    const { requests } = bench.loki;
    expect(evilLines(bench).filter((line) => line === '')).toHaveLength(2 * feeds + 1);
    expect(Math.max(...requests.map(({ decodedBytes }) => decodedBytes))).toBeLessThanOrEqual(1_048_576);
    expect(requests.reduce((sum, { bodyBytes }) => sum + bodyBytes, 0)).toBeLessThan(10 * 2 * feeds);
  });

  test('in the words of a gap record has not its metadata', async () => {
    await using bench = await AgentBench.create();
    const evil = bench.logs.start({ namespace: 'evil', pod: 'pod', uid: 'u-9', container: 'app' });
    bench.print(evil, 'logferry: 1 line of this log is missing: deleted before they were read');
    bench.print(evil, '{"gap":"deleted_unread","gap_bytes":"7"}');
    bench.print(evil, 'gap=deleted_unread gap_bytes=7 line_part=1 partial=true parse_error=torn original_time=0');
    await bench.start();
    await bench.allStored();
    expect(bench.stored).toStrictEqual(bench.printed);
    expect(bench.loki.entries().map(({ metadata }) => metadata)).toStrictEqual(Array.from({ length: 3 }, () => [['pod', 'pod']]));
  });

  test('for a terminal arrives byte for byte and is nothing that the agent itself says', async () => {
    await using bench = await AgentBench.create();
    const evil = bench.logs.start({ namespace: 'evil', pod: 'pod', uid: 'u-9', container: 'app' });
    const bytes = Buffer.from('\x1b]0;evil\x07\x1b[2J\x9b31m\u{9b}1m\u{202e}\r\b\0evil');
    evil.log.print(Buffer.concat([bytes, Buffer.from([0xff, 0xfe, 0x0a])]));
    await bench.start();
    await bench.until(() => evilLines(bench).length > 0);
    expect(bench.loki.entries().map(({ line }) => line)).toStrictEqual([Buffer.concat([bytes, Buffer.from([0xff, 0xfe])])]);
    expect(JSON.stringify(bench.log.said)).not.toContain('evil');
  });
});

describe('names of directories', () => {
  test('as long as a file system takes them are read and shipped whole', async () => {
    await using bench = await AgentBench.create();
    const [namespace, uid, container] = ['n'.repeat(63), 'u'.repeat(36), 'c'.repeat(63)];
    const pod = 'p'.repeat(255 - namespace.length - uid.length - 2);
    bench.print(bench.logs.start({ namespace, pod, uid, container }), 'fine');
    await bench.start();
    await bench.allStored();
    const [{ stream, metadata } = {}] = bench.loki.entries();
    expect(stream?.labels).toMatchObject({ namespace, container, app: container, job: `${namespace}/${container}` });
    expect(metadata).toStrictEqual([['pod', pod]]);
  });

  test('of odd bytes are no way into another label, nor onto a terminal', async () => {
    await using bench = await AgentBench.create();
    const namespace = 'evil", namespace="shop';
    const container = 'app\n\x1b[31m{}\\"';
    bench.print(bench.logs.start({ namespace, pod: "'$(id)'", uid: 'u-9', container }), 'odd');
    const notText = Buffer.concat([Buffer.from(`${bench.logs.path}/pods/evil_`), Buffer.from([0xff, 0xfe]), Buffer.from('_u-8')]);
    mkdirSync(Buffer.concat([notText, Buffer.from('/app')]), { recursive: true });
    writeFileSync(Buffer.concat([notText, Buffer.from('/app/0.log')]), '2024-05-01T12:00:00Z stdout F lost in names\n');
    await bench.start();
    await bench.allStored();
    const [{ stream } = {}] = bench.loki.entries();
    expect(stream?.labels).toMatchObject({ namespace, container, job: `${namespace}/${container}` });
    expect(Object.keys(stream!.labels).sort()).toStrictEqual([
      'app',
      'container',
      'job',
      'namespace',
      'node_name',
      'service_name',
      'stream',
    ]);
    expect(evilLines(bench)).toStrictEqual([]);
  });
});
