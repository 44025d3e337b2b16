import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { STDERR, STDOUT, type Channel, RecordView, type Metadata } from '../../../agent/model/record.ts';
import { decodePush } from '../../../agent/outputs/loki/decode-push.ts';
import { lokiRoute, LokiStream, LokiStreams, PushEncoder } from '../../../agent/outputs/loki/encode-push.ts';
import { LiteralEncoder } from '../../../agent/outputs/loki/literal-encoder.ts';
import { uncompressSnappy } from '../../../agent/outputs/loki/uncompress-snappy.ts';
import { LineMemory } from '../../../agent/runtime/line-memory.ts';
import { tableOfLines } from '../../support/table-of-lines.ts';

interface WrittenEntry {
  readonly stream: number;
  readonly seconds: number;
  readonly nanos: number;
  readonly line: Uint8Array;
  readonly own: Metadata;
}

function viewOf(line: Uint8Array, time: readonly [number, number], metadata: Metadata | null): RecordView {
  // Not at the start of its buffer, and not to its end.
  const buffer = Buffer.concat([Buffer.from('before'), line, Buffer.from('after')]);
  return Object.assign(new RecordView(), { buffer, start: 6, end: 6 + line.length, seconds: time[0], nanos: time[1], metadata });
}

function plain(body: Buffer): Buffer {
  return uncompressSnappy(body, Number.MAX_SAFE_INTEGER);
}

describe(PushEncoder, () => {
  test('the golden push, byte for byte', () => {
    const encoder = new PushEncoder(new LiteralEncoder());
    const route = new LokiStreams().route({ labels: { a: 'b' }, metadata: [['k', 'v']] });
    encoder.append(route, viewOf(Buffer.from('hi'), [1, 2], null));
    expect(encoder.seal([route.stream]).toString('hex')).toBe('1f780a1d0a077b613d2262227d12120a0408011002120268691a060a016b120176');
    expect(encoder.bytes).toBe(0);
  });

  test('an empty line at a full second is left out, as proto3 has it', () => {
    const encoder = new PushEncoder(new LiteralEncoder());
    const route = lokiRoute(new LokiStream('{}'), []);
    encoder.append(route, viewOf(Buffer.alloc(0), [1, 0], null));
    expect(plain(encoder.seal([route.stream])).toString('hex')).toBe('0a0a0a027b7d12040a020801');
  });

  test('a batch is empty after it was sealed, and an empty one is never sealed', () => {
    const encoder = new PushEncoder(new LiteralEncoder());
    const route = lokiRoute(new LokiStream('{}'), []);
    encoder.append(route, viewOf(Buffer.from('1'), [1, 0], null));
    encoder.seal([route.stream]);
    expect([encoder.bytes, route.stream.wire]).toStrictEqual([0, null]);
    expect(() => encoder.seal([])).toThrow('an empty batch is never sealed');
    encoder.append(route, viewOf(Buffer.from('2'), [1, 0], null));
    expect(decodePush(plain(encoder.seal([route.stream])))[0]?.entries.map(({ line }) => line.toString())).toStrictEqual(['2']);
  });

  test('streams may leave one after the other', () => {
    const encoder = new PushEncoder(new LiteralEncoder());
    const [a, b] = ['a', 'b'].map((name) => lokiRoute(new LokiStream(`{n="${name}"}`), []));
    encoder.append(a!, viewOf(Buffer.from('1'), [1, 0], null));
    const bytes = encoder.append(b!, viewOf(Buffer.from('2'), [1, 0], null));
    expect(decodePush(plain(encoder.seal([a!.stream])))).toMatchObject([{ labels: '{n="a"}', entries: [{ line: Buffer.from('1') }] }]);
    expect(encoder.bytes).toBe(bytes);
    expect(decodePush(plain(encoder.seal([b!.stream])))).toMatchObject([{ labels: '{n="b"}', entries: [{ line: Buffer.from('2') }] }]);
    expect(encoder.bytes).toBe(0);
  });

  const text = fc.string({ unit: 'grapheme', maxLength: 20 });
  const metadata = fc.array(fc.tuple(text, text), { maxLength: 3 });
  const entry: fc.Arbitrary<WrittenEntry> = fc.record({
    stream: fc.nat(3),
    seconds: fc.oneof(fc.nat(), fc.integer({ min: 0, max: 253_402_300_799 })),
    nanos: fc.integer({ min: 0, max: 999_999_999 }),
    line: fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.tuple(fc.nat(20_000), fc.nat(255)).map(([length, byte]) => Buffer.alloc(length, byte)),
    ),
    own: metadata,
  });

  test('I9 whatever is encoded is what is decoded, in order per stream; sizes are bounded as they are foretold', () => {
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1, maxLength: 12 }), metadata, (entries, common) => {
        const encoder = new PushEncoder(new LiteralEncoder());
        const routes = [0, 1, 2, 3].map((n) => lokiRoute(new LokiStream(`{n="${n}"}`), common));
        let grown = 0;
        for (const { stream, seconds, nanos, line, own } of entries) {
          const view = viewOf(line, [seconds, nanos], own.length === 0 ? null : own);
          const bound = encoder.sizeBound(routes[stream]!, view);
          const bytes = encoder.append(routes[stream]!, view);
          expect(bytes).toBeLessThanOrEqual(bound);
          grown += bytes;
        }
        expect(encoder.bytes).toBe(grown);
        const order = [...new Set(entries.map(({ stream }) => stream))];
        const request = plain(encoder.seal(order.map((n) => routes[n]!.stream)));
        expect(request.length).toBeLessThanOrEqual(grown);
        expect(encoder.bytes).toBe(0);
        expect(decodePush(request)).toStrictEqual(
          order.map((n) => ({
            labels: `{n="${n}"}`,
            entries: entries
              .filter(({ stream }) => stream === n)
              .map(({ seconds, nanos, line, own }) => ({ seconds, nanos, line: Buffer.from(line), metadata: [...common, ...own] })),
          })),
        );
      }),
      { numRuns: 200 },
    );
  });
});

test('I9 lines of a table are encoded as if they had come one by one', () => {
  const line = fc.record({
    channel: fc.constantFrom<Channel[]>(STDOUT, STDERR),
    text: fc.oneof(fc.nat(40), fc.nat(300), fc.constantFrom(0, 127, 128, 16_383, 16_384)).map((length) => Buffer.alloc(length, 'line')),
    seconds: fc.integer({ min: 1_714_564_800, max: 1_714_568_399 }),
    nanos: fc.oneof(fc.constant(0), fc.nat(200), fc.nat(999_999_999)),
  });
  const metadata = fc.array(fc.tuple(fc.string({ maxLength: 20 }), fc.string({ maxLength: 200 })), { maxLength: 3 });
  const lines = fc
    .array(line, { minLength: 1, maxLength: 3 })
    .map((some) => some.toSorted((a, b) => a.seconds - b.seconds || a.nanos - b.nanos));
  fc.assert(
    fc.property(lines, metadata, metadata, (lines, out, err) => {
      const { memory, table } = tableOfLines(lines);
      const bodies = [undefined, memory].map((tables) => {
        const encoder = new PushEncoder(new LiteralEncoder(), tables);
        const routes = [lokiRoute(new LokiStream('{a="0"}'), out), lokiRoute(new LokiStream('{a="1"}'), err)] as const;
        expect(routes.map((route) => encoder.lineOverhead(route))).toStrictEqual([null, null]);
        for (const route of routes) encoder.append(route, viewOf(Buffer.from('first'), [1, 2], null));
        const before = encoder.bytes;
        if (tables === undefined) {
          for (const [row, { channel, text }] of lines.entries())
            encoder.append(routes[channel], viewOf(text, [table.seconds(row), table.nanos(row)], null));
        } else {
          const bound = lines.reduce((sum, { channel, text }) => sum + encoder.lineOverhead(routes[channel])! + text.length, 0);
          const grown = encoder.appendLines(routes, table);
          expect([encoder.bytes, grown <= bound]).toStrictEqual([before + grown, true]);
        }
        return plain(encoder.seal(routes.map(({ stream }) => stream))).toString('hex');
      });
      expect(bodies[1]).toBe(bodies[0]);
    }),
  );
});

test('with more metadata than has room beside a table, entries are added one by one', () => {
  const encoder = new PushEncoder(new LiteralEncoder(), new LineMemory(1000));
  const [small, large] = [4000, 5000].map((length) => lokiRoute(new LokiStream(`{a="${length}"}`), [['k', 'x'.repeat(length)]]));
  for (const route of [small!, large!]) encoder.append(route, viewOf(Buffer.from('first'), [1, 2], null));
  expect([encoder.lineOverhead(small!), encoder.lineOverhead(large!)]).toStrictEqual([expect.any(Number), null]);
});

describe(LokiStreams, () => {
  test('equal labels are one stream, whoever writes to it and in whatever order', () => {
    const streams = new LokiStreams();
    const first = streams.route({ labels: { a: '1', b: '2' }, metadata: [['pod', 'x']] });
    const second = streams.route({ labels: { b: '2', a: '1' }, metadata: [['pod', 'y']] });
    expect(second.stream).toBe(first.stream);
    expect(second.encodedMetadata).not.toStrictEqual(first.encodedMetadata);
    expect(streams.route({ labels: { a: '1' }, metadata: [] }).stream).not.toBe(first.stream);
  });
});
