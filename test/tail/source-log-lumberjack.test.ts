import { appendFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Position } from '../../agent/model/position.ts';
import { LineReader } from '../support/line-reader.ts';
import { tempDir } from '../support/temp-dir.ts';
import { compressBy, lumberjack } from './rotators.ts';

/** The audit log of an API server, and the steps that it takes with it. */
class AuditDir {
  readonly root: string;
  readonly live: string;
  readonly rotated: string[] = [];

  constructor(root: string) {
    this.root = root;
    this.live = join(root, 'audit.log');
  }

  write(text: string): void {
    appendFileSync(this.live, text);
  }

  /** Renames the live file and opens a new one. */
  rotate(text: string): string {
    const name = lumberjack.nameOf(this.live, this.rotated.length + 1);
    renameSync(this.live, name);
    writeFileSync(this.live, text);
    this.rotated.push(name);
    return name;
  }

  open(position: Position | null = null): LineReader {
    const reader = new LineReader(this.live, [this.root], { position, rotatedFiles: lumberjack.rotatedFiles });
    onTestFinished(() => reader[Symbol.dispose]());
    return reader;
  }

  /** The position after reading all there is, by an agent that has stopped since. */
  async positionAtEnd(): Promise<Position> {
    using reader = new LineReader(this.live, [this.root], { rotatedFiles: lumberjack.rotatedFiles });
    await reader.finish();
    return reader.position();
  }
}

async function auditDir(text = ''): Promise<AuditDir> {
  const dir = await tempDir();
  onTestFinished(() => dir[Symbol.asyncDispose]());
  const audit = new AuditDir(dir.path);
  if (text !== '') audit.write(text);
  return audit;
}

const NOTHING_LOST = { deleted_unread: 0, truncated: 0, held_too_long: 0, damaged: 0, unreadable: 0 };

describe('I4 I5 I8 the files of an audit log', () => {
  test('a new log is read from its oldest file, half-compressed ones by their source', async () => {
    const audit = await auditDir('a\n');
    const first = audit.rotate('b\n');
    const second = audit.rotate('c\n');
    compressBy(lumberjack, first);
    writeFileSync(`${second}.gz`, gzipSync('b\n').subarray(0, 7));
    expect(await audit.open().finish()).toBe('a\nb\nc\n');
  });

  test('a file is compressed while it is read: it is read to its end, once', async () => {
    const audit = await auditDir('a\nb\n');
    const reader = audit.open();
    expect(await reader.turn(2)).toBe('a\n');
    const rotated = audit.rotate('c\n');
    const seen: boolean[] = [];
    compressBy(lumberjack, rotated, () => seen.push(reader.poll()));
    expect(seen).toHaveLength(3);
    expect(await reader.finish()).toBe('b\nc\n');
    expect(reader.totals.losses).toStrictEqual(NOTHING_LOST);
  });

  test('rotated, compressed and rotated again while the agent was away: reading goes on inside the compressed file', async () => {
    const audit = await auditDir('a\n');
    const position = await audit.positionAtEnd();
    audit.write('b\n');
    compressBy(lumberjack, audit.rotate('c\n'));
    audit.rotate('d\n');
    const reader = audit.open(position);
    expect(await reader.finish()).toBe('b\nc\nd\n');
    expect(reader.totals.losses).toStrictEqual(NOTHING_LOST);
  });

  test('the agent stops while a file is half compressed, and starts when its source is gone', async () => {
    const audit = await auditDir('a\n');
    const rotated = audit.rotate('b\n');
    writeFileSync(`${rotated}.gz`, gzipSync('a\n').subarray(0, 5));
    const position = await audit.positionAtEnd();
    compressBy(lumberjack, rotated);
    audit.write('c\n');
    expect(await audit.open(position).finish()).toBe('c\n');
  });

  test('an API server that starts finds the file full: it rotates before it has written a line', async () => {
    const audit = await auditDir('a\n');
    const reader = audit.open();
    expect(await reader.finish()).toBe('a\n');
    audit.rotate('');
    expect(await reader.finish()).toBe('');
    audit.write('b\n');
    expect(await reader.finish()).toBe('b\n');
    expect(await audit.open(reader.position()).finish()).toBe('');
  });

  test('between rename and the new file there is no live one: what is there is read', async () => {
    const audit = await auditDir('a\n');
    const reader = audit.open();
    audit.write('b\n');
    renameSync(audit.live, lumberjack.nameOf(audit.live, 1));
    expect(await reader.finish()).toBe('a\nb\n');
    audit.write('c\n');
    expect(await reader.finish()).toBe('c\n');
  });

  test('what is removed unread while the agent is away is a gap; what is removed while it looks is held and read', async () => {
    const audit = await auditDir('a\n');
    const position = await audit.positionAtEnd();
    audit.write('bb\n');
    rmSync(audit.rotate('c\n'));
    const reader = audit.open(position);
    expect(await reader.finish()).toBe('c\n');
    expect(reader.totals.losses.deleted_unread).toBe(1);
    audit.write('d\n');
    reader.poll();
    rmSync(audit.rotate('e\n'));
    expect(await reader.finish()).toBe('d\ne\n');
    expect(reader.totals.losses.deleted_unread).toBe(1);
  });
});
