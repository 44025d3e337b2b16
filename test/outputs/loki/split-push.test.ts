import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodePush, type PushedStream } from '../../../agent/outputs/loki/decode-push.ts';
import { LiteralEncoder } from '../../../agent/outputs/loki/literal-encoder.ts';
import { splitPush } from '../../../agent/outputs/loki/split-push.ts';
import { uncompressSnappy } from '../../../agent/outputs/loki/uncompress-snappy.ts';
import { protobufPush } from '../../support/push-body.ts';

/** The halves, decoded; null where there are none. */
function halves(request: Buffer): [PushedStream[], PushedStream[]] | null {
  const split = splitPush(request, new LiteralEncoder());
  return split === null ? null : [decodePush(uncompressSnappy(split[0], 1e9)), decodePush(uncompressSnappy(split[1], 1e9))];
}

function requestOf(...sizes: number[]): Buffer {
  const streams = sizes.map((size, index) => ({
    labels: `{n="${index}"}`,
    entries: Array.from({ length: size }, (_, n) => ({ nanos: BigInt(n + 1), line: `${index}.${n}`, metadata: { pod: `p${n}` } })),
  }));
  return uncompressSnappy(protobufPush(streams), 1e9);
}

function entriesOf(streams: readonly PushedStream[]): object[] {
  return streams.flatMap(({ labels, entries }) => entries.map((entry) => ({ labels, ...entry })));
}

describe(splitPush, () => {
  test('two entries of one stream', () => {
    expect(halves(requestOf(2))).toStrictEqual([
      [{ labels: '{n="0"}', entries: [{ seconds: 0, nanos: 1, line: Buffer.from('0.0'), metadata: [['pod', 'p0']] }] }],
      [{ labels: '{n="0"}', entries: [{ seconds: 0, nanos: 2, line: Buffer.from('0.1'), metadata: [['pod', 'p1']] }] }],
    ]);
  });

  test('one entry cannot be split', () => {
    expect(halves(requestOf(1))).toBe(null);
    expect(halves(requestOf(0, 1, 0))).toBe(null);
  });

  test('I2 I5 the halves have all entries in their order, each about half of them', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5), { minLength: 1, maxLength: 6 }), (sizes) => {
        const request = requestOf(...sizes);
        const total = sizes.reduce((sum, size) => sum + size, 0);
        const split = halves(request);
        fc.pre(total > 1);
        expect([...entriesOf(split![0]), ...entriesOf(split![1])]).toStrictEqual(entriesOf(decodePush(request)));
        expect(entriesOf(split![0])).toHaveLength(Math.floor(total / 2));
      }),
    );
  });
});
