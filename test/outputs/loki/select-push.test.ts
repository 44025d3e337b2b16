import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodePush, type PushedStream } from '../../../agent/outputs/loki/decode-push.ts';
import { LiteralEncoder } from '../../../agent/outputs/loki/literal-encoder.ts';
import { selectPush } from '../../../agent/outputs/loki/select-push.ts';
import { uncompressSnappy } from '../../../agent/outputs/loki/uncompress-snappy.ts';
import { protobufPush } from '../../support/push-body.ts';

function select(request: Buffer, positions: readonly number[]): PushedStream[] {
  return decodePush(uncompressSnappy(selectPush(request, positions, new LiteralEncoder()), 1e9));
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

describe(selectPush, () => {
  test('one of two entries of a stream', () => {
    expect(select(requestOf(2), [1])).toStrictEqual([
      { labels: '{n="0"}', entries: [{ seconds: 0, nanos: 2, line: Buffer.from('0.1'), metadata: [['pod', 'p1']] }] },
    ]);
  });

  test('a stream without an entry is left out', () => {
    expect(select(requestOf(1, 2, 1), [0, 3]).map(({ labels }) => labels)).toStrictEqual(['{n="0"}', '{n="2"}']);
  });

  test('I2 I5 I9 exactly the chosen entries, each as it was, in their order', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5), { minLength: 1, maxLength: 6 }), fc.func(fc.boolean()), (sizes, isChosen) => {
        const request = requestOf(...sizes);
        const all = entriesOf(decodePush(request));
        const positions = all.map((_, position) => position).filter((position) => isChosen(position));
        fc.pre(positions.length > 0);
        const streams = select(request, positions);
        expect(entriesOf(streams)).toStrictEqual(positions.map((position) => all[position]));
        expect(new Set(streams.map(({ labels }) => labels)).size).toBe(streams.length);
      }),
    );
  });
});
