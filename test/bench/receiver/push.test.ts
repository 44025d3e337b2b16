import { gzipSync, zstdCompressSync } from 'node:zlib';
import { compressSync } from 'snappy';
import { describe, expect, test } from 'vitest';
import { decodedBody, formatOf } from './push.ts';

/** A field of bytes in protobuf, shorter than 128. */
function field(number: number, content: Buffer | string): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from([number * 8 + 2, bytes.length]), bytes]);
}

function count(path: string, headers: Record<string, string>, body: Buffer): number {
  const format = formatOf(path, headers)!;
  return format.count(decodedBody(format, headers['content-encoding'], body));
}

/** Labels, entries and the hash of a stream. */
function stream(entries: number): Buffer {
  return field(
    1,
    Buffer.concat([field(1, '{a="b"}'), ...Array.from({ length: entries }, () => field(2, ENTRY)), Buffer.from([3 * 8, 150, 1])]),
  );
}

const PUSH = '/loki/api/v1/push';
const ENTRY = Buffer.from('0a0408011002120268691a060a016b120176', 'hex');

describe('entries are counted', () => {
  test('in Loki protobuf, in all streams of a request', () => {
    const body = compressSync(Buffer.concat([stream(2), stream(0), stream(3)]));
    expect(count(PUSH, { 'content-type': 'application/x-protobuf' }, body)).toBe(5);
    // Promtail and Alloy name the block as an encoding besides.
    expect(count(PUSH, { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' }, body)).toBe(5);
  });

  test('in Loki JSON, compressed or not', () => {
    const body = Buffer.from(
      '{"streams":[{"stream":{"a":"b"},"values":[["1","x"],["2","y\\n",{"k":"v"}]]},{"stream":{},"values":[["3",""]]}]}',
    );
    expect(count(PUSH, { 'content-type': 'application/json; charset=utf-8' }, body)).toBe(3);
    expect(count(PUSH, { 'content-type': 'application/json', 'content-encoding': 'gzip' }, gzipSync(body))).toBe(3);
  });

  test('in OTLP, and not the fields beside them', () => {
    const record = field(5, field(1, 'text'));
    const scope = field(2, Buffer.concat([field(1, 'scope'), field(2, record), field(2, record)]));
    const resource = field(1, Buffer.concat([field(1, field(2, 'no record')), scope, scope]));
    expect(count('/otlp/v1/logs', {}, Buffer.concat([resource, resource]))).toBe(8);
    expect(count('/otlp/v1/logs', { 'content-encoding': 'gzip' }, gzipSync(resource))).toBe(4);
    expect(count('/otlp/v1/logs', { 'content-encoding': 'zstd' }, zstdCompressSync(resource))).toBe(4);
  });

  test('in bulk bodies, with and without an empty line behind each document', () => {
    const [action, document] = ['{"index":{"_index":"logs"}}', '{"message":"a\\nb"}'];
    expect(count('/_bulk', {}, Buffer.from(`${action}\n${document}\n${action}\n${document}\n`))).toBe(2);
    expect(count('/logs/_bulk', {}, Buffer.from(`${action}\n${document}\n\n${action}\n${document}\n\n`))).toBe(2);
  });

  test('in lines, whether or not the last one ends', () => {
    expect(count('/lines', {}, Buffer.from('a\n\nb\n'))).toBe(3);
    expect(count('/lines', { 'content-encoding': 'snappy' }, compressSync('a\nb'))).toBe(2);
    expect(count('/lines', {}, Buffer.alloc(0))).toBe(0);
  });
});

describe('what cannot be counted is no zero', () => {
  test('a field that ends behind its message, a number that does not end, groups', () => {
    for (const body of [[10, 5, 1], [10, 128], [11]]) expect(() => count('/otlp/v1/logs', {}, Buffer.from(body))).toThrow(RangeError);
  });

  test('a stream that reaches into its neighbour', () => {
    const body = Buffer.concat([Buffer.from([10, 2, 18, 4]), field(1, field(2, ENTRY))]);
    expect(() => count(PUSH, {}, compressSync(body))).toThrow(RangeError);
  });

  test('an action without its document, a bulk body that does not end', () => {
    expect(() => count('/_bulk', {}, Buffer.from('{"index":{}}\n'))).toThrow(/1 lines/);
    expect(() => count('/_bulk', {}, Buffer.from('{"index":{}}\n{"message":"cut'))).toThrow(/15 bytes/);
  });

  test('another path, another encoding', () => {
    expect(formatOf('/api/other', {})).toBeNull();
    expect(() => count('/lines', { 'content-encoding': 'br' }, Buffer.from('a'))).toThrow(/br/);
  });
});
