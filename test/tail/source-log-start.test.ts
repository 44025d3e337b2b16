import { appendFileSync, renameSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { compress, FIRST, type LogDir, logDir, reader, rotate, SECOND } from './log-dir.ts';

/** A log with a compressed file, a rotated one, and an unfinished line in the live one. */
async function someLog(): Promise<LogDir> {
  const dir = await logDir();
  writeFileSync(`${dir.live}.${FIRST}.gz`, gzipSync('a\n'));
  writeFileSync(`${dir.live}.${SECOND}`, 'b\n');
  writeFileSync(dir.live, 'c\nhalf');
  return dir;
}

describe('I5 a log without a position', () => {
  test.each([
    ['oldest', 'a\nb\nc\n', 0],
    ['live', 'c\n', 4],
    ['end', '', 6],
  ] as const)('begins at `%s`; what is passed over counts as filtered', async (start, given, filtered) => {
    const dir = await someLog();
    const log = reader(dir, { start });
    expect(await log.finish()).toBe(given);
    expect(log.totals.filteredBytes).toBe(filtered);
    appendFileSync(dir.live, ' line\n');
    expect(await log.finish()).toBe('half line\n');
    expect(log.totals.losses.deleted_unread).toBe(0);
  });

  test('`end` in a line of which no beginning is found near: behind what is there', async () => {
    const dir = await logDir();
    writeFileSync(dir.live, 'x'.repeat(70_000));
    const log = reader(dir, { start: 'end' });
    appendFileSync(dir.live, 'tail\nnext\n');
    expect(await log.finish()).toBe('tail\nnext\n');
    expect(log.totals.filteredBytes).toBe(70_000);
  });

  test('`end` between rename and reopen: behind what was live, and what comes next is read', async () => {
    const dir = await logDir();
    writeFileSync(dir.live, 'a\n');
    renameSync(dir.live, `${dir.live}.${FIRST}`);
    const log = reader(dir, { start: 'end' });
    appendFileSync(`${dir.live}.${FIRST}`, 'late\n');
    writeFileSync(dir.live, 'b\n');
    expect(await log.finish()).toBe('late\nb\n');
    expect(log.totals.filteredBytes).toBe(2);
  });

  test('files that were passed over stay so, also once they are compressed, and after a restart', async () => {
    const dir = await someLog();
    const log = reader(dir, { start: 'live' });
    expect(await log.finish()).toBe('c\n');
    compress(`${dir.live}.${SECOND}`);
    rotate(dir, '20240501-120020', 'd\n');
    expect(await log.finish()).toBe('halfd\n');
    expect(await reader(dir, { position: log.position() }).finish()).toBe('');
  });

  test('begins where someone says who looks at its files, oldest first, rather than by policy', async () => {
    const dir = await someLog();
    const seen: string[] = [];
    const log = reader(dir, {
      start: 'end',
      placeIn: (files) => {
        seen.push(...files.map(({ path }) => basename(path)));
        return { index: 1, offset: 1 };
      },
    });
    expect(seen).toStrictEqual([`0.log.${FIRST}.gz`, `0.log.${SECOND}`, '0.log']);
    expect(log.opened).toMatchObject([{ at: 1 }, { at: 1 }]);
    expect(await log.finish()).toBe('\nc\n');
    expect(log.totals.filteredBytes).toBe(3);
  });
});
