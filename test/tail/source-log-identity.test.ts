import { appendFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Position } from '../../agent/model/position.ts';
import { LineReader } from '../support/line-reader.ts';
import { compress, FIRST, type LogDir, logDir, positionAtEnd, reader, rotate, SECOND, THIRD } from './log-dir.ts';

/** More than a fingerprint covers: files that begin with it differ only in what comes behind. */
const HEAD = `${'same head '.repeat(120)}\n`;

/** The position after reading so many bytes, by an agent that has stopped since and had seen all files. */
async function positionAfter({ root, live }: LogDir, bytes: number): Promise<Position> {
  using log = new LineReader(live, [root]);
  log.poll();
  await log.turn(bytes);
  return log.position();
}

describe('I4 a file that becomes another one between two reads', () => {
  test('compressed amid its lines: the rest comes from the descriptor, and only that', async () => {
    const dir = await logDir();
    writeFileSync(dir.live, 'a\nb\nc\n');
    const log = reader(dir);
    expect(await log.turn(2)).toBe('a\n');
    rotate(dir, FIRST, 'd\n');
    compress(`${dir.live}.${FIRST}`);
    log.poll();
    expect(await log.turn(2)).toBe('b\n');
    expect(await log.finish()).toBe('c\nd\n');
  });

  test('I8 compressed amid its lines while nobody looks: the rest comes from the compressed one', async () => {
    const dir = await logDir();
    writeFileSync(dir.live, 'a\nb\nc\n');
    const position = await positionAfter(dir, 2);
    rotate(dir, FIRST, 'd\n');
    compress(`${dir.live}.${FIRST}`);
    expect(await reader(dir, { position }).finish()).toBe('b\nc\nd\n');
  });

  test('I8 renamed, and back after a failed reopen: nothing is repeated, wherever a restart falls', async () => {
    const dir = await logDir();
    writeFileSync(dir.live, 'a\n');
    const atFirst = await positionAtEnd(dir);
    renameSync(dir.live, `${dir.live}.${FIRST}`);
    appendFileSync(`${dir.live}.${FIRST}`, 'b\n');
    const log = reader(dir, { position: atFirst });
    expect(await log.finish()).toBe('b\n');
    const renamed = log.position();
    renameSync(`${dir.live}.${FIRST}`, dir.live);
    appendFileSync(dir.live, 'c\n');
    expect(await reader(dir, { position: atFirst }).finish()).toBe('b\nc\n');
    expect(await reader(dir, { position: renamed }).finish()).toBe('c\n');
    expect(await log.finish()).toBe('c\n');
  });

  test('I8 empty when its position was taken, compressed after it was written', async () => {
    const dir = await logDir();
    writeFileSync(`${dir.live}.${FIRST}`, 'a\n');
    writeFileSync(dir.live, '');
    const position = await positionAtEnd(dir);
    appendFileSync(dir.live, 'b\n');
    rotate(dir, SECOND, 'c\n');
    for (const suffix of [FIRST, SECOND]) compress(`${dir.live}.${suffix}`);
    const log = reader(dir, { position });
    expect(await log.finish()).toBe('b\nc\n');
    expect(log.totals.losses.deleted_unread).toBe(0);
  });

  test('I8 empty when its position was taken, and gone since with all that was before it', async () => {
    const dir = await logDir();
    writeFileSync(`${dir.live}.${FIRST}`, 'a\n');
    writeFileSync(dir.live, '');
    const position = await positionAtEnd(dir);
    appendFileSync(dir.live, 'b\n');
    rotate(dir, SECOND, 'c\n');
    rotate(dir, THIRD, 'd\n');
    for (const suffix of [FIRST, SECOND]) rmSync(`${dir.live}.${suffix}`);
    compress(`${dir.live}.${THIRD}`);
    const log = reader(dir, { position });
    expect(await log.finish()).toBe('c\nd\n');
    expect(log.totals.losses.deleted_unread).toBe(1);
  });
});

describe('I4 I8 a clock that steps while the agent is away', () => {
  test('a file that sorts before the one of the position, by name and by content, is read behind it', async () => {
    const dir = await logDir();
    writeFileSync(dir.live, '2024-05-01T12:00:00Z stdout F a\n');
    const position = await positionAtEnd(dir);
    appendFileSync(dir.live, '2024-05-01T12:00:01Z stdout F b\n');
    rotate(dir, '20240501-120002', '2024-05-01T11:00:00Z stdout F c\n');
    rotate(dir, '20240501-110001', '2024-05-01T11:00:02Z stdout F d\n');
    const log = reader(dir, { position });
    expect((await log.finish()).replaceAll(/\S+ stdout F /g, '')).toBe('b\nc\nd\n');
    expect(log.totals.losses.deleted_unread).toBe(0);
  });

  test('one that sorts before files which were read is not taken for read', async () => {
    const dir = await logDir();
    writeFileSync(`${dir.live}.${SECOND}`, 'a\n');
    writeFileSync(dir.live, 'b\n');
    const position = await positionAtEnd(dir);
    rotate(dir, THIRD, 'd\n');
    writeFileSync(`${dir.live}.${FIRST}.gz`, gzipSync('c\n'));
    expect(await reader(dir, { position }).finish()).toBe('c\nd\n');
  });
});

describe('I5 files that begin alike', () => {
  test('raw ones are told apart by their inodes', async () => {
    const dir = await logDir();
    writeFileSync(`${dir.live}.${FIRST}`, `${HEAD}1\n`);
    writeFileSync(dir.live, `${HEAD}2\n`);
    const log = reader(dir);
    expect(await log.finish()).toBe(`${HEAD}1\n${HEAD}2\n`);
    const position = log.position();
    rotate(dir, SECOND, `${HEAD}3\n`);
    expect(await log.finish()).toBe(`${HEAD}3\n`);
    expect(await reader(dir, { position }).finish()).toBe(`${HEAD}3\n`);
  });

  test('a compressed one of another size is not one that was read', async () => {
    const dir = await logDir();
    writeFileSync(`${dir.live}.${FIRST}`, `${HEAD}1\n`);
    writeFileSync(dir.live, 'read\n');
    const position = await positionAtEnd(dir);
    rotate(dir, SECOND, `${HEAD}another\n`);
    rotate(dir, THIRD, 'live\n');
    for (const suffix of [FIRST, SECOND, THIRD]) compress(`${dir.live}.${suffix}`);
    expect(await reader(dir, { position }).finish()).toBe(`${HEAD}another\nlive\n`);
  });

  test('a compressed one is not the raw one that a position is in', async () => {
    const dir = await logDir();
    writeFileSync(dir.live, `${HEAD}1\n`);
    const position = await positionAfter(dir, HEAD.length);
    rotate(dir, FIRST, `${HEAD}another\n`);
    rotate(dir, SECOND, 'live\n');
    compress(`${dir.live}.${SECOND}`);
    expect(await reader(dir, { position }).finish()).toBe(`1\n${HEAD}another\nlive\n`);
  });

  test('a compressed one of another size that comes is not the raw one that is being read', async () => {
    const dir = await logDir();
    writeFileSync(dir.live, `${HEAD}1\n`);
    const log = reader(dir);
    await log.turn(HEAD.length);
    rotate(dir, FIRST, 'live\n');
    writeFileSync(`${dir.live}.${SECOND}.gz`, gzipSync(`${HEAD}another\n`));
    expect(await log.finish()).toBe(`1\n${HEAD}another\nlive\n`);
  });
});

describe('I5 a file that was seen, and is gone before it was read', () => {
  test('leaves a gap between its neighbours, with its bytes, and the books balance', async () => {
    const dir = await logDir();
    writeFileSync(`${dir.live}.${FIRST}`, 'a\nb\n');
    writeFileSync(`${dir.live}.${SECOND}`, 'never read\n');
    writeFileSync(dir.live, 'c\n');
    const position = await positionAfter(dir, 2);
    rmSync(`${dir.live}.${SECOND}`);
    const log = reader(dir, { position });
    log.assertBalanced();
    expect(await log.turn()).toBe('b\n');
    const gaps = [{ reason: 'deleted_unread', bytes: 'never read\n'.length, lines: null }];
    log.nowMs += 10_000;
    await log.turn();
    expect(await log.log.read(Buffer.alloc(100), log.nowMs)).toMatchObject({ length: 2, startsFile: true, afterGap: true, gaps });
    expect(log.position().gaps).toStrictEqual(gaps);
    expect(await log.finish()).toBe('c\n');
    expect(log.totals).toMatchObject({ losses: { deleted_unread: 1 }, droppedBytes: { deleted_unread: 'never read\n'.length } });
  });

  test('a restart before the gap was handed on tells it again, one behind it does not', async () => {
    const dir = await logDir();
    writeFileSync(`${dir.live}.${FIRST}`, 'a\n');
    writeFileSync(`${dir.live}.${SECOND}`, 'gone\n');
    writeFileSync(dir.live, 'c\n');
    const position = await positionAfter(dir, 0);
    rmSync(`${dir.live}.${SECOND}`);
    const before = reader(dir, { position });
    expect(before.position().gaps).toMatchObject([{ bytes: 5 }]);
    await before.finish();
    expect(before.position().gaps).toStrictEqual([]);
    const after = reader(dir, { position: before.position() });
    expect(await after.finish()).toBe('');
    expect(after.totals.losses.deleted_unread).toBe(0);
  });
});
