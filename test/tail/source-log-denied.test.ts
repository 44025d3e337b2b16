import { appendFileSync, chmodSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { asNobody } from '../support/as-nobody.ts';
import { FIRST, type LogDir, logDir, positionAtEnd, reader, rotate } from './log-dir.ts';

/** Anyone may look into the directory, nobody but root into the live file. */
function deny({ root, live }: LogDir): void {
  chmodSync(root, 0o755);
  chmodSync(live, 0);
}

function allow({ live }: LogDir): void {
  chmodSync(live, 0o644);
}

describe('I5 a live file that may not be read', () => {
  test('is the reason why a log is not opened, when it is all there is of it', async () => {
    const dir = await logDir();
    writeFileSync(dir.live, 'a\n');
    deny(dir);
    expect(await asNobody(() => reader(dir).opened)).toBe('denied');
    allow(dir);
    expect(await asNobody(() => reader(dir).finish())).toBe('a\n');
  });

  test('I4 is followed once it may be; what was rotated before is read meanwhile', async () => {
    const dir = await logDir();
    writeFileSync(dir.live, 'a\n');
    const log = reader(dir);
    rotate(dir, FIRST, 'b\n');
    deny(dir);
    expect(await asNobody(() => log.finish())).toBe('a\n');
    expect(log.log.followFailure).toBe('denied');
    allow(dir);
    expect(await asNobody(() => log.finish())).toBe('b\n');
    expect(log.log.followFailure).toBe(null);
  });

  test('I8 is not lost, nor begun anew, when a position is in it', async () => {
    const dir = await logDir();
    writeFileSync(`${dir.live}.${FIRST}`, 'a\n');
    writeFileSync(dir.live, 'b\n');
    const position = await positionAtEnd(dir);
    appendFileSync(dir.live, 'c\n');
    deny(dir);
    const { opened, totals } = await asNobody(() => reader(dir, { position }));
    expect([opened, totals.losses.deleted_unread]).toStrictEqual(['denied', 0]);
    allow(dir);
    expect(await asNobody(() => reader(dir, { position }).finish())).toBe('c\n');
  });

  test('I8 does not keep a log from being read that has a position in a file before it', async () => {
    const dir = await logDir();
    writeFileSync(dir.live, 'a\n');
    const position = await positionAtEnd(dir);
    appendFileSync(dir.live, 'b\n');
    rotate(dir, FIRST, 'c\n');
    deny(dir);
    const log = await asNobody(() => reader(dir, { position }));
    expect(await asNobody(() => log.finish())).toBe('b\n');
    allow(dir);
    expect(await asNobody(() => log.finish())).toBe('c\n');
    expect(log.totals.losses.deleted_unread).toBe(0);
  });
});
