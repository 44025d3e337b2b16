import { describe, expect, test } from 'vitest';
import { NewestEntries } from '../../agent/demo/newest-entries.ts';
import type { StreamId } from '../../agent/demo/push-endpoint.ts';
import { queryRange } from '../../agent/demo/query-range.ts';
import { Receiver } from '../../agent/demo/receiver.ts';
import type { PushedEntry } from '../../agent/outputs/loki/decode-push.ts';
import { FakeClock } from '../support/fake-clock.ts';

/** The fake clock's start. */
const NOON = 1_714_564_800;

function stream(container: string): StreamId {
  return { tenant: 'fake', name: `{container="${container}"}`, labels: { container } };
}

function entry(seconds: number, line: string): PushedEntry {
  return { seconds, nanos: 0, line: Buffer.from(line), metadata: [] };
}

function push(receiver: Receiver, container: string, ...lines: string[]): Promise<Response> {
  const values = lines.map((line, index) => [`${NOON}00000000${index}`, line, { pod: 'p-1' }]);
  return fetch(`${receiver.url}/loki/api/v1/push`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ streams: [{ stream: { namespace: 'shop', container, stream: 'stdout' }, values }] }),
  });
}

async function get(receiver: Receiver, path: string): Promise<string> {
  return (await fetch(receiver.url + path)).text();
}

describe(Receiver, () => {
  test('every entry goes to the bookkeeper, and those it calls new can be seen', async () => {
    const booked: string[] = [];
    await using receiver = new Receiver(new FakeClock(), ({ name }, { line }) => {
      booked.push(`${name} ${line.toString()}`);
      return line.toString() !== 'old';
    });
    await receiver.up();
    expect((await push(receiver, 'cart', 'one', 'old', '<b>&"')).status).toBe(204);
    expect(booked.map((text) => text.replace(/^\{.*\} /, ''))).toStrictEqual(['one', 'old', '<b>&"']);
    expect(booked[0]).toBe('{container="cart", namespace="shop", stream="stdout"} one');
    const page = await get(receiver, '/');
    expect(page).toContain('2 entries;');
    expect(page).toContain('<td>2024-05-01T12:00:00Z</td><td>shop/cart</td><td>one</td>');
    expect(page).toContain('<td>&lt;b&gt;&amp;&quot;</td>');
    expect(page).not.toContain('old');
  });

  test('query_range gives them back as Loki does, metadata among the labels', async () => {
    await using receiver = new Receiver(new FakeClock(), () => true);
    await receiver.up();
    await push(receiver, 'cart', 'one', 'two');
    await push(receiver, 'till', 'three');
    const query = encodeURIComponent('{container="cart"}');
    expect(JSON.parse(await get(receiver, `/loki/api/v1/query_range?query=${query}&direction=forward`))).toStrictEqual({
      status: 'success',
      data: {
        resultType: 'streams',
        result: [
          {
            stream: { container: 'cart', namespace: 'shop', pod: 'p-1', stream: 'stdout' },
            values: [
              [`${NOON}000000000`, 'one'],
              [`${NOON}000000001`, 'two'],
            ],
          },
        ],
      },
    });
  });

  test("Loki's rules hold", async () => {
    await using receiver = new Receiver(new FakeClock(), () => true);
    await receiver.up();
    const response = await push(receiver, 'cart', 'x'.repeat(262_145), 'good');
    expect(response.status).toBe(400);
    expect(await response.text()).toContain("max entry size '262144' bytes exceeded");
    expect(await get(receiver, '/')).toContain('1 entries;');
    expect((await fetch(`${receiver.url}/else`)).status).toBe(404);
    expect((await fetch(`${receiver.url}//`)).status).toBe(404);
  });

  test('down and up again: the same port, and nothing forgotten', async () => {
    await using receiver = new Receiver(new FakeClock(), () => true);
    await receiver.up();
    const { url } = receiver;
    await push(receiver, 'cart', 'one');
    await receiver.down();
    await expect(push(receiver, 'cart', 'two')).rejects.toThrow('fetch failed');
    await receiver.up();
    expect(receiver.url).toBe(url);
    expect(await get(receiver, '/')).toContain('1 entries;');
  });
});

describe(NewestEntries, () => {
  test('old entries go when there are too many, or too many bytes', () => {
    const newest = new NewestEntries(3, 10);
    const lines = () => newest.all.map(({ line }) => line.toString());
    for (const line of ['1', '2', '3', '4']) newest.add(stream('a'), entry(NOON, line));
    expect(lines()).toStrictEqual(['2', '3', '4']);
    newest.add(stream('a'), entry(NOON, '123456789'));
    expect(lines()).toStrictEqual(['4', '123456789']);
    newest.add(stream('a'), entry(NOON, 'more than ten bytes'));
    expect(lines()).toStrictEqual([]);
  });
});

describe(queryRange, () => {
  const entries = [1, 3, 2].map((seconds) => ({ ...entry(seconds, `at ${seconds}`), stream: stream(seconds === 2 ? 'b' : 'a') }));
  const query = (parameters: Record<string, string>) => queryRange(entries, new URLSearchParams(parameters));
  const times = (parameters: Record<string, string>) =>
    (JSON.parse(query(parameters).message) as { data: { result: { values: [string, string][] }[] } }).data.result.flatMap(({ values }) =>
      values.map(([time]) => Number(time) / 1e9),
    );

  test('direction, limit, start inclusive and end exclusive', () => {
    expect(times({ query: '{container="a"}' })).toStrictEqual([3, 1]);
    expect(times({ query: '{container="a"}', direction: 'forward' })).toStrictEqual([1, 3]);
    expect(times({ query: '{}', direction: 'forward', limit: '2' })).toStrictEqual([1, 2]);
    expect(times({ query: '{}', direction: 'forward', start: '1000000000', end: '3000000000' })).toStrictEqual([1, 2]);
  });

  test('what it does not know it refuses', () => {
    const refused = ['{a=~"b"}', 'rate({a="b"}[1m])', ''].map((text) => query({ query: text }).status);
    expect(refused).toStrictEqual([400, 400, 400]);
    expect(query({ query: '{}', limit: '5001' })).toStrictEqual({ status: 400, message: 'limit is 1 to 5000' });
    expect(query({ query: '{}', start: 'yesterday' })).toStrictEqual({ status: 400, message: 'start and end are nanoseconds since 1970' });
  });
});
