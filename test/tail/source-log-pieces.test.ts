import fs, { appendFileSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { FileSystem } from '../../agent/runtime/file-system.ts';
import { compress, FIRST, logDir, positionAtEnd, reader, rotate, SECOND } from './log-dir.ts';

/** A file system that never gives more than `most` bytes at once, as a network's may. */
function inPieces(most: number): FileSystem {
  const { openSync, readdirSync, statSync } = fs;
  const read = ((fd: number, target: Buffer, ...[at, length, offset, answer]: [number, number, number, () => void]) =>
    fs.read(fd, target, at, Math.min(length, most), offset, answer)) as FileSystem['read'];
  const readSync = ((fd: number, target: Buffer, ...[at, length, offset]: [number, number, number]) =>
    fs.readSync(fd, target, at, Math.min(length, most), offset)) as FileSystem['readSync'];
  return { openSync, readdirSync, statSync, read, readSync };
}

function lines(count: number): string {
  return Array.from({ length: count }, (_, n) => `line ${n}\n`).join('');
}

describe('I5 a file system that gives reads in pieces', () => {
  test.each([1, 7, 1000])('of %i bytes: a log is read over its rotations as with any other', async (most) => {
    const dir = await logDir();
    writeFileSync(`${dir.live}.${FIRST}.gz`, gzipSync(`a ${lines(300)}`));
    writeFileSync(`${dir.live}.${SECOND}`, `b ${lines(300)}torn`);
    writeFileSync(dir.live, `c ${lines(300)}`);
    const log = reader(dir, { fs: inPieces(most) });
    expect(await log.finish()).toBe(`a ${lines(300)}b ${lines(300)}tornc ${lines(300)}`);
    appendFileSync(dir.live, 'more\n');
    expect(await log.finish()).toBe('more\n');
    expect(log.totals.losses).toMatchObject({ truncated: 0, damaged: 0 });
  });

  test('I8 a position finds its file again, whether it was taken over such a file system or another', async () => {
    const dir = await logDir();
    writeFileSync(dir.live, lines(300));
    const elsewhere = await positionAtEnd(dir);
    const log = reader(dir, { fs: inPieces(7) });
    await log.finish();
    expect(log.position()).toStrictEqual(elsewhere);
    rotate(dir, FIRST, 'next\n');
    compress(`${dir.live}.${FIRST}`);
    expect(await reader(dir, { fs: inPieces(7), position: elsewhere }).finish()).toBe('next\n');
  });
});
