import { describe, expect, test } from 'vitest';
import { pushJson, timestampNs } from '../../../agent/outputs/loki/push-json.ts';
import { uncompressSnappy } from '../../../agent/outputs/loki/uncompress-snappy.ts';
import { type PushStream, protobufPush } from '../../support/push-body.ts';

function json(...streams: PushStream[]): string {
  return pushJson(uncompressSnappy(protobufPush(streams), 1e9)).toString();
}

describe(pushJson, () => {
  test('the golden push', () => {
    expect(json({ labels: '{a="b"}', entries: [{ nanos: 1_000_000_002n, line: 'hi', metadata: { k: 'v' } }] })).toBe(
      '{"streams":[{"stream":{"a":"b"},"values":[["1000000002","hi",{"k":"v"}]]}]}',
    );
  });

  test('entries without metadata have two items; several streams', () => {
    expect(
      json(
        {
          labels: '{a="1", b="x\\ny"}',
          entries: [
            { nanos: 1n, line: '' },
            { nanos: 2n, line: '"' },
          ],
        },
        { labels: '{a="2"}', entries: [{ nanos: 1_714_564_800_123_456_789n, line: 'z' }] },
      ),
    ).toBe(
      '{"streams":[{"stream":{"a":"1","b":"x\\ny"},"values":[["1",""],["2","\\""]]},' +
        '{"stream":{"a":"2"},"values":[["1714564800123456789","z"]]}]}',
    );
  });

  test('bytes that are no UTF-8 become U+FFFD: JSON cannot carry them', () => {
    expect(json({ labels: '{}', entries: [{ nanos: 1n, line: Buffer.from([0x61, 0xff]) }] })).toBe(
      '{"streams":[{"stream":{},"values":[["1","a\ufffd"]]}]}',
    );
  });
});

test('nanoseconds in decimal, to the last digit', () => {
  expect(timestampNs(1_714_564_800, 1)).toBe('1714564800000000001');
  expect(timestampNs(0, 0)).toBe('0');
});
