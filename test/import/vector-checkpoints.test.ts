import { describe, expect, test } from 'vitest';
import { crc64 } from '../../agent/import/crc64.ts';
import { readVectorCheckpoints } from '../../agent/import/vector-checkpoints.ts';
import { vectorFirstLine } from '../../agent/import/vector-first-line.ts';
import { positionsFile, WRITTEN_MS } from './positions-file.ts';

const of = (content: string): bigint | null => vectorFirstLine((bytes) => Buffer.from(content).subarray(0, bytes));

/**
 * As serde_json writes Vector's `State`: on one line, ordered by fingerprint, checksums as unsigned 64-bit numbers
 * (vectordotdev/vector:lib/file-source-common/src/checkpointer.rs, test_checkpointer_serialization).
 */
const CHECKPOINTS =
  '{"version":"1","checkpoints":[' +
  '{"fingerprint":{"checksum":3456},"position":1,"modified":"2026-11-24T10:00:00.123456789Z"},' +
  '{"fingerprint":{"first_lines_checksum":78910},"position":1234,"modified":"2026-11-24T10:00:00.123456789Z"},' +
  '{"fingerprint":{"first_lines_checksum":18446744073709551615},"position":10485760,"modified":"2026-11-24T10:00:01Z"},' +
  '{"fingerprint":{"dev_inode":[64769,9007199254740993]},"position":77,"modified":"2026-11-24T10:00:02Z"},' +
  '{"fingerprint":{"unknown":1337},"position":2,"modified":"2020-11-24T10:00:00Z"}]}';

describe(readVectorCheckpoints, () => {
  test('checksums of first lines and inodes, to the last digit; other marks are ignored', async () => {
    const file = await positionsFile(CHECKPOINTS);
    const unnamed = { path: null, log: null };
    expect(await readVectorCheckpoints(file)).toStrictEqual({
      kind: 'positions',
      agent: 'vector',
      file,
      asOfMs: WRITTEN_MS,
      entries: [
        { ...unnamed, mark: { kind: 'first_line', crc64: 78_910n }, offset: 1234 },
        { ...unnamed, mark: { kind: 'first_line', crc64: 2n ** 64n - 1n }, offset: 10_485_760 },
        { ...unnamed, mark: { kind: 'inode', dev: '64769', ino: '9007199254740993' }, offset: 77 },
      ],
      ignored: 2,
    });
  });

  test('the older name of that checksum', async () => {
    const file = await positionsFile(CHECKPOINTS.replaceAll('first_lines_', 'first_line_'));
    expect(await readVectorCheckpoints(file)).toMatchObject({ entries: [{ mark: { crc64: 78_910n } }, {}, {}], ignored: 2 });
  });

  test.each([
    ['text', 'positions:', /^it is not JSON/],
    ['half a file', CHECKPOINTS.slice(0, 100), /^it is not JSON/],
    ['nothing', '', /^it is not JSON/],
    ['another version', '{"version":"2","checkpoints":[]}', /^it is not of version "1", but "2"; name the checkpoints\.json/],
    ['another file', '[]', /^it is not of version "1", but of none/],
    ['no list', '{"version":"1","checkpoints":{}}', /^it has no list "checkpoints"/],
  ])('%s is said to be malformed', async (_, text, message) => {
    expect(await readVectorCheckpoints(await positionsFile(text))).toMatchObject({
      reason: 'malformed',
      message: expect.stringMatching(message) as string,
    });
  });

  test('what is no checkpoint is ignored', async () => {
    const odd = [null, 7, {}, { fingerprint: { dev_inode: [1] }, position: 1 }, { fingerprint: { first_lines_checksum: -1 }, position: 1 }];
    const file = await positionsFile(JSON.stringify({ version: '1', checkpoints: odd }));
    expect(await readVectorCheckpoints(file)).toMatchObject({ entries: [], ignored: 5 });
  });
});

describe(vectorFirstLine, () => {
  const record = '2026-11-24T10:00:00.123456789Z stdout F hello world\n';

  test('the CRC is the one of the catalogue', () => {
    expect(crc64(Buffer.from('123456789'))).toBe(0x6c40_df5f_0b49_7347n);
    expect(crc64(Buffer.alloc(0))).toBe(0n);
  });

  test('the first line counts, with its line feed, and what follows does not', () => {
    expect(of(record)).toBe(crc64(Buffer.from(record)));
    expect(of(`${record}more\n`)).toBe(of(record));
    expect(of(record.slice(0, -1))).toBeNull();
    expect(of('')).toBeNull();
  });

  test('of a first line beyond 32 KiB the beginning counts', () => {
    const long = 'x'.repeat(32_768);
    expect(of(`${long}y\n`)).toBe(crc64(Buffer.from(long)));
    expect(of(`${long.slice(1)}\n`)).toBe(crc64(Buffer.from(`${long.slice(1)}\n`)));
  });
});
