import { appendFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SourceLog } from '../../agent/tail/source-log.ts';
import { GRACE_MS, LineReader } from '../support/line-reader.ts';
import { tempDir } from '../support/temp-dir.ts';

async function logOf(text: string): Promise<{ live: string; log: LineReader; root: string }> {
  const dir = await tempDir();
  const live = join(dir.path, '0.log');
  writeFileSync(live, text);
  const log = new LineReader(live, [dir.path]);
  onTestFinished(async () => {
    log[Symbol.dispose]();
    await dir[Symbol.asyncDispose]();
  });
  return { live, log, root: dir.path };
}

describe(SourceLog, () => {
  test('a file cut to nothing is read from its start when it grows again', async () => {
    const { live, log } = await logOf('a\nb\n');
    await log.turn();
    truncateSync(live);
    expect(await log.catchUp()).toBe('');
    appendFileSync(live, 'c\n');
    expect(await log.catchUp()).toBe('c\n');
    expect(log.totals.losses.truncated).toBe(1);
  });

  test('a file cut and written anew between two polls is smaller than what was read of it', async () => {
    const { live, log } = await logOf('a\nb\n');
    await log.turn();
    writeFileSync(live, 'c\n');
    expect(await log.catchUp()).toBe('c\n');
  });

  test('copytruncate that has grown past the old offset is known by its first bytes', async () => {
    const { live, log } = await logOf('a\nb\n');
    await log.turn();
    writeFileSync(live, 'c\nd\ne\nf\n');
    expect(await log.catchUp()).toBe('c\nd\ne\nf\n');
    expect(log.totals.losses.truncated).toBe(1);
  });

  test('the chunk after a truncation says that bytes are gone, the one after it does not', async () => {
    const { live, log } = await logOf('a\nhalf');
    await log.turn();
    writeFileSync(live, 'c\n');
    log.poll();
    const buffer = Buffer.alloc(16);
    const chunk = await log.log.read(buffer, 0);
    expect(chunk).toMatchObject({ length: 2, at: 2, startsFile: true, afterGap: true });
    log.log.advance(chunk, 2);
    expect(await log.log.read(buffer, 0)).toMatchObject({ length: 0, startsFile: false, afterGap: false });
  });

  test('a file that was only read as far as an early chunk of it grew by is no truncation', async () => {
    const { live, log } = await logOf('');
    appendFileSync(live, 'a\n');
    expect(await log.turn()).toBe('a\n');
    appendFileSync(live, 'b\n');
    expect(await log.catchUp()).toBe('b\n');
    expect(log.totals.losses.truncated).toBe(0);
  });

  test('I4 a successor that is cut before its turn has come begins at its new start', async () => {
    const { live, log } = await logOf('a\n');
    await log.turn();
    renameSync(live, `${live}.20240501-120000`);
    writeFileSync(live, 'gone\n');
    log.poll();
    writeFileSync(live, 'b\n');
    expect(await log.finish()).toBe('b\n');
    expect(log.totals).toMatchObject({ losses: { truncated: 1 }, droppedBytes: { truncated: 'gone\n'.length } });
  });

  test('I8 a place in bytes that were cut away is kept as the start of what came instead', async () => {
    const { live, log, root } = await logOf('a\nb\n');
    await log.turn();
    truncateSync(live);
    log.poll();
    appendFileSync(live, 'c\n');
    await log.catchUp();
    const settled = { at: 2, record: null, state: { runStart: [0, 0], runEnd: [0, 0], line: null } } as const;
    const position = log.log.position([settled, settled]);
    expect(position.channels[0].offset).toBe(0);
    using after = new LineReader(live, [root], { position });
    expect(await after.finish()).toBe('c\n');
    expect(after.totals.losses.deleted_unread).toBe(0);
  });

  test('I8 a place in a rotated file is kept though its successor was cut since', async () => {
    const { live, log, root } = await logOf('a\nb\n');
    await log.turn();
    const [{ at }] = [{ at: 2 }];
    renameSync(live, `${live}.20240501-120000`);
    writeFileSync(live, 'c\nd\n');
    log.poll();
    log.nowMs += GRACE_MS;
    await log.catchUp();
    truncateSync(live);
    log.poll();
    const settled = { at, record: null, state: { runStart: [0, 0], runEnd: [0, 0], line: null } } as const;
    using after = new LineReader(live, [root], { position: log.log.position([settled, settled]) });
    expect(await after.finish()).toBe('b\n');
  });
});
