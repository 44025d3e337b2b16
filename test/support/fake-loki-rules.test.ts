import { compressSync } from 'snappy';
import { describe, expect, test } from 'vitest';
import { FakeClock } from './fake-clock.ts';
import { NOON, push, send, startAtNoon, type Value } from './fake-loki-client.ts';

/** The stream `{a="b"}` as Loki calls it. */
const AB = '{a="b", service_name="unknown_service"}';

/** That many labels or metadata. */
function named(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`n${index}`, 'v']));
}

describe('validation stores what is valid', () => {
  test('labels: none, too many, too long', async () => {
    await using loki = await startAtNoon();
    expect(await push(loki, [{}, [NOON, 'none']])).toBe('204');
    expect(await push(loki, [named(15), [NOON, 'x']], [{ ...named(15), service_name: 's' }, [NOON, 'y']])).toBe('204');
    expect(await push(loki, [named(16), [NOON, 'z']], [{ a: 'b' }, [NOON, 'good']])).toContain('has 16 label names; limit 15');
    expect(await push(loki, [{ ['n'.repeat(1025)]: 'v' }, [NOON, 'x']])).toContain('has label name too long: ');
    expect(await push(loki, [{ n: 'v'.repeat(2049) }, [NOON, 'x']])).toContain('has label value too long: ');
    expect(await push(loki, [{ n: 'v'.repeat(2048), empty: '' }, [NOON, 'long']])).toBe('204');
    expect(loki.lines()).toStrictEqual(['none', 'x', 'y', 'good', 'long']);
    expect(loki.streams.get(`{n="${'v'.repeat(2048)}"}`)).toHaveLength(1);
  });

  test('a label name twice', async () => {
    await using loki = await startAtNoon({ limits: { maxAgeSeconds: null } });
    const body = Buffer.from('0a140a0d7b613d2262222c613d2263227d1203120178', 'hex');
    expect(await send(loki, compressSync(body))).toBe(
      `400 stream '{a="b", a="c", service_name="unknown_service"}' has duplicate label name: 'a'`,
    );
  });

  test('a line of 262144 bytes is stored, one more byte is not', async () => {
    await using loki = await startAtNoon();
    expect(await push(loki, [{ a: 'b' }, [NOON, 'x'.repeat(262_144)], [NOON, 'y'.repeat(262_145)], [NOON, 'z']])).toBe(
      `400 max entry size '262144' bytes exceeded for stream '${AB}' while adding an entry with length '262145' bytes`,
    );
    expect(loki.lines().map((line) => line.length)).toStrictEqual([262_144, 1]);
  });

  test('times: seven days back, ten minutes ahead', async () => {
    await using loki = await startAtNoon();
    const answer = await push(loki, [{ a: 'b' }, [NOON - 604_801, 'old'], [NOON - 3000, 'x'], [NOON + 600, 'y'], [NOON + 601, 'new']]);
    expect(answer).toBe(
      `400 1 errors like: entry for stream '${AB}' has timestamp too old: 2024-04-24T11:59:59Z, oldest acceptable timestamp is: 2024-04-24T12:00:00Z; ` +
        `1 errors like: entry for stream '${AB}' has timestamp too new: 2024-05-01T12:10:01Z`,
    );
    expect(loki.lines()).toStrictEqual(['x', 'y']);
  });

  test('metadata: 64 KiB, 128 names', async () => {
    await using loki = await startAtNoon();
    expect(await push(loki, [{ a: 'b' }, [NOON, 'x', { k: 'v'.repeat(65_535) }], [NOON, 'y', named(128)]])).toBe('204');
    expect(await push(loki, [{ a: 'b' }, [NOON, 'x', { k: 'v'.repeat(65_536) }]])).toContain(
      "too large: '65537' bytes, limit: '65536' bytes",
    );
    expect(await push(loki, [{ a: 'b' }, [NOON, 'x', named(129)]])).toContain("too many structured metadata labels: '129', limit: '128'");
  });

  test('equal problems are counted', async () => {
    await using loki = await startAtNoon({ limits: { maxLineBytes: 3 } });
    expect(await push(loki, [{ a: 'b' }, [NOON, 'four'], [NOON, 'size']])).toBe(
      `400 2 errors like: max entry size '3' bytes exceeded for stream '${AB}' while adding an entry with length '4' bytes`,
    );
  });

  test.each([
    ['', 'label name is empty'],
    ['---', 'normalization for label name "---" resulted in invalid name "_"'],
    ['日本', 'normalization for label name "日本" resulted in invalid name "_"'],
  ])('the metadata name %j poisons the whole request', async (name, message) => {
    await using loki = await startAtNoon();
    expect(await push(loki, [{ a: 'b' }, [NOON, 'good']], [{ a: 'c' }, [NOON, 'x', { [name]: 'v' }]])).toBe(`500 ${message}`);
    expect(loki.counts.stored).toBe(0);
  });

  test('a metadata name of an entry that is refused is not looked at', async () => {
    await using loki = await startAtNoon();
    expect(await push(loki, [{ a: 'b' }, [NOON + 900, 'x', { '---': 'v' }], [NOON, 'good']])).toContain('400 ');
    expect(loki.lines()).toStrictEqual(['good']);
  });
});

describe('streams', () => {
  test('an hour behind the newest entry of its stream is too far, whoever is newest elsewhere', async () => {
    await using loki = await startAtNoon();
    expect(await push(loki, [{ a: 'b' }, [NOON, 'new'], [NOON - 3600, 'edge'], [NOON - 3601, 'late'], [NOON, 'newer']])).toBe(
      `400 entry with timestamp 2024-05-01 10:59:59 +0000 UTC ignored, reason: 'entry too far behind, entry timestamp is: 2024-05-01T10:59:59Z, oldest acceptable timestamp is: 2024-05-01T11:00:00Z',\n` +
        `user 'fake', total ignored: 1 out of 4 for stream: ${AB}`,
    );
    expect(await push(loki, [{ a: 'c' }, [NOON - 7200, 'other stream']])).toBe('204');
    expect(loki.lines()).toStrictEqual(['new', 'edge', 'newer', 'other stream']);
  });

  test('at most ten refused entries are listed, and the last stream decides on the answer', async () => {
    await using loki = await startAtNoon();
    const late = Array.from({ length: 12 }, (_, index): Value => [NOON - 7200, `${index}`]);
    expect(await push(loki, [{ a: 'b' }, [NOON, 'x'], ...late], [{ a: 'c' }, [NOON, 'y']])).toBe('204');
    const answer = await push(loki, [{ a: 'c' }, [NOON, 'z']], [{ a: 'b' }, ...late]);
    expect(answer.split('\n')).toHaveLength(11);
    expect(answer).toContain(`total ignored: 12 out of 12 for stream: ${AB}`);
  });

  test('the oldest acceptable time moves with the newest entry', async () => {
    await using loki = await startAtNoon();
    const answer = await push(loki, [
      { a: 'b' },
      [NOON - 100, 'x'],
      [NOON - 3800, 'late'],
      [NOON, 'y'],
      [NOON - 3650, 'now late'],
      [NOON - 3600, 'edge'],
    ]);
    expect(answer.match(/acceptable timestamp is: \S+Z/g)).toStrictEqual([
      'acceptable timestamp is: 2024-05-01T10:58:20Z',
      'acceptable timestamp is: 2024-05-01T11:00:00Z',
    ]);
    expect(loki.lines()).toStrictEqual(['x', 'y', 'edge']);
  });

  test('above its rate a stream takes nothing, and the next one is not touched', async () => {
    const clock = new FakeClock();
    await using loki = await startAtNoon({ clock, limits: { streamRateBytes: 1024, streamBurstBytes: 2048 } });
    const entries: Value[] = [
      [NOON, 'x'.repeat(1024)],
      [NOON - 4000, 'late'],
      [NOON, 'y'.repeat(1500)],
    ];
    const problem = (bytes: string) =>
      `entry with timestamp 2024-05-01 12:00:00 +0000 UTC ignored, reason: 'Per stream rate limit exceeded (limit: 1KB/sec) while attempting to ingest ` +
      `for stream '${AB}' totaling ${bytes}, consider splitting a stream via additional labels or contact your Loki administrator to see if the limit can be increased',\n`;
    expect(await push(loki, [{ a: 'b' }, ...entries])).toBe(
      `429 ${problem('1KB')}${problem('1500B')}user 'fake', total ignored: 2 out of 3 for stream: ${AB}`,
    );
    expect(await push(loki, [{ a: 'b' }, ...entries], [{ a: 'c' }, [NOON, 'z']])).toBe('204');
    expect(await push(loki, [{ a: 'b' }, [NOON, 'x'.repeat(2048)]])).toBe('204');
    expect(await push(loki, [{ a: 'b' }, [NOON, 'x']])).toContain('429 ');
    await clock.advance(1);
    expect(await push(loki, [{ a: 'b' }, [NOON, 'x']])).toBe('204');
    expect(loki.lines().map((line) => line.length)).toStrictEqual([1, 2048, 1]);
  });

  test('so many streams and no more', async () => {
    await using loki = await startAtNoon({ limits: { maxStreams: 2 } });
    expect(await push(loki, [{ a: 'b' }, [NOON, 'x']], [{ a: 'c' }, [NOON, 'y']], [{ a: 'd', app: 'web' }, [NOON, 'z']])).toBe(
      '429 maximum active stream limit exceeded when trying to create stream {a="d", app="web", service_name="web"}, reduce the number of active ' +
        "streams (reduce labels or reduce label values), or contact your Loki administrator to see if the limit can be increased, user: 'fake'",
    );
    expect(await push(loki, [{ a: 'd' }, [NOON, 'hidden']], [{ a: 'b' }, [NOON, 'z']])).toBe('204');
    expect(loki.lines()).toStrictEqual(['x', 'y', 'z']);
  });

  test('an entry is stored once: same time, line and metadata', async () => {
    await using loki = await startAtNoon();
    const entries: Value[] = [
      [NOON, 'x'],
      [NOON, 'y'],
      [NOON, 'x', { k: 'v' }],
      [NOON - 1, 'x'],
    ];
    await push(loki, [{ a: 'b' }, ...entries]);
    await push(loki, [{ a: 'b' }, ...entries], [{ a: 'c' }, [NOON, 'x']]);
    expect(loki.counts).toStrictEqual({ stored: 5, bytes: 5, known: 4 });
  });

  test('what has left the head block is not recognised, but for the very last entry', async () => {
    await using loki = await startAtNoon({ limits: { headBlockBytes: 4 } });
    await push(loki, [{ a: 'b' }, [NOON, 'one'], [NOON, 'two']]);
    await push(loki, [{ a: 'b' }, [NOON, 'two']]);
    await push(loki, [{ a: 'b' }, [NOON, 'one']]);
    expect(loki.lines()).toStrictEqual(['one', 'two', 'one']);
  });

  test('without de-duplication every sending shows', async () => {
    await using loki = await startAtNoon({ deduplicate: false });
    for (let sent = 0; sent < 3; sent++) await push(loki, [{ a: 'b' }, [NOON, 'x']]);
    expect(loki.lines()).toStrictEqual(['x', 'x', 'x']);
  });

  test('entries may be counted only, and never fill the memory', async () => {
    await using counting = await startAtNoon({ keepEntries: false });
    await push(counting, [{ a: 'b' }, [NOON, 'x']]);
    expect(counting.counts.stored).toBe(1);
    expect(counting.entries()).toStrictEqual([]);
  });
});
