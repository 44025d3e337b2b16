import { appendFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { FaultyFiles } from '../simulation/faulty-files.ts';
import type { LineReader } from '../support/line-reader.ts';
import { FIRST, type LogDir, logDir, reader, rotate, SECOND } from './log-dir.ts';

/** What of the next chunk tells of bytes that are missing before it. */
async function nextChunk({ log, nowMs }: LineReader): Promise<object> {
  const { length, afterGap, gaps } = await log.read(Buffer.alloc(100), nowMs);
  return { length, afterGap, gaps };
}

/** A log of which nothing was read, in three files that are all open. */
async function unread(): Promise<{ dir: LogDir; log: LineReader }> {
  const dir = await logDir();
  writeFileSync(dir.live, 'one\n');
  const log = reader(dir);
  rotate(dir, FIRST, 'second\n');
  log.poll();
  rotate(dir, SECOND, '3\n');
  log.poll();
  return { dir, log };
}

describe('I5 deleted files that are held open', () => {
  test('count, those first that were deleted first, and are read to their end', async () => {
    const { dir, log } = await unread();
    expect([log.log.heldBytes, log.log.heldSinceMs]).toStrictEqual([0, null]);
    log.nowMs = 5;
    rmSync(`${dir.live}.${FIRST}`);
    log.poll();
    log.nowMs = 9;
    rmSync(`${dir.live}.${SECOND}`);
    log.poll();
    expect([log.log.heldBytes, log.log.heldSinceMs]).toStrictEqual([11, 5]);
    expect(await log.finish()).toBe('one\nsecond\n3\n');
    expect([log.log.heldBytes, log.log.heldSinceMs]).toStrictEqual([0, null]);
  });

  test('the one that is being read is given up: its rest is lost, and the next chunk says so', async () => {
    const { dir, log } = await unread();
    appendFileSync(`${dir.live}.${FIRST}`, 'never read\n');
    expect(await log.turn(4)).toBe('one\n');
    rmSync(`${dir.live}.${FIRST}`);
    log.poll();
    log.log.letGo();
    log.assertBalanced();
    const gaps = [{ reason: 'held_too_long', bytes: 'never read\n'.length, lines: null }];
    expect(await nextChunk(log)).toStrictEqual({ length: 'second\n'.length, afterGap: true, gaps });
    expect(await log.finish()).toBe('second\n3\n');
    expect(log.totals).toMatchObject({ losses: { held_too_long: 1 }, droppedBytes: { held_too_long: 11 } });
  });

  test('one whose turn has not come is given up: it is missing between its neighbours', async () => {
    const { dir, log } = await unread();
    rmSync(`${dir.live}.${SECOND}`);
    log.poll();
    log.log.letGo();
    log.assertBalanced();
    expect(log.log.heldBytes).toBe(0);
    expect(await log.turn()).toBe('one\n');
    const gaps = [{ reason: 'held_too_long', bytes: 'second\n'.length, lines: null }];
    expect(await nextChunk(log)).toStrictEqual({ length: 2, afterGap: true, gaps });
    expect(await log.finish()).toBe('3\n');
  });

  test('none is given up while all have names', async () => {
    const { log } = await unread();
    log.log.letGo();
    expect(await log.finish()).toBe('one\nsecond\n3\n');
    expect(log.totals.losses.held_too_long).toBe(0);
  });
});

/** Reads fail so many times in a row; returns what was said each time of giving the file up. */
async function failReads(log: LineReader, fs: FaultyFiles, times: number): Promise<boolean[]> {
  const given: boolean[] = [];
  for (let n = 0; n < times; n += 1) {
    fs.fail('read_EIO');
    await expect(log.turn()).rejects.toMatchObject({ code: 'EIO' });
    given.push(log.log.passUnreadable());
    log.assertBalanced();
  }
  return given;
}

async function onFaultyFiles(): Promise<{ dir: LogDir; log: LineReader; fs: FaultyFiles }> {
  const dir = await logDir();
  writeFileSync(dir.live, 'a\n');
  const fs = new FaultyFiles();
  return { dir, log: reader(dir, { fs }), fs };
}

describe('I5 a disk that fails', () => {
  test('a file with a name is tried for ever', async () => {
    const { log, fs } = await onFaultyFiles();
    expect(await failReads(log, fs, 20)).toStrictEqual(Array.from({ length: 20 }, () => false));
    expect(await log.finish()).toBe('a\n');
    expect(log.totals.losses.unreadable).toBe(0);
  });

  test('a deleted one is given up after five failures in a row, with what is unread of it', async () => {
    const { dir, log, fs } = await onFaultyFiles();
    rotate(dir, FIRST, 'b\n');
    log.poll();
    rmSync(`${dir.live}.${FIRST}`);
    log.poll();
    expect(await failReads(log, fs, 5)).toStrictEqual([false, false, false, false, true]);
    const gaps = [{ reason: 'unreadable', bytes: 2, lines: null }];
    expect(await nextChunk(log)).toStrictEqual({ length: 2, afterGap: true, gaps });
    expect(await log.finish()).toBe('b\n');
  });

  test('a read that succeeds is a new beginning', async () => {
    const { dir, log, fs } = await onFaultyFiles();
    appendFileSync(dir.live, 'b\n');
    log.poll();
    rmSync(dir.live);
    log.poll();
    expect(await failReads(log, fs, 4)).not.toContain(true);
    expect(await log.turn(2)).toBe('a\n');
    expect(await failReads(log, fs, 4)).not.toContain(true);
    expect(await log.finish()).toBe('b\n');
  });

  test('one that fails while the directory cannot be listed is not taken for a deleted one', async () => {
    const { log, fs } = await onFaultyFiles();
    await failReads(log, fs, 4);
    fs.fail('read_EIO', 'list_EIO');
    await expect(log.turn()).rejects.toMatchObject({ code: 'EIO' });
    expect(log.log.passUnreadable()).toBe(false);
    expect(await log.finish()).toBe('a\n');
  });
});

describe('I5 a file that was read to its end and comes back as the live one, as after a mount that flapped', () => {
  test.each([
    ['while the place it was read to is still unsettled', false],
    ['once all before is settled', true],
  ])('only what is new in it is read: %s', async (_, isSettled) => {
    const dir = await logDir();
    writeFileSync(dir.live, 'a\n');
    const log = reader(dir);
    await log.finish();
    renameSync(dir.live, `${dir.live}-away`);
    writeFileSync(dir.live, 'b\n');
    expect(await log.finish()).toBe('b\n');
    if (isSettled) log.position();
    rmSync(dir.live);
    renameSync(`${dir.live}-away`, dir.live);
    appendFileSync(dir.live, 'c\n');
    expect(await log.finish()).toBe('c\n');
    appendFileSync(dir.live, 'd\n');
    expect(await log.finish()).toBe('d\n');
    expect(await reader(dir, { position: log.position() }).finish()).toBe('');
  });
});
