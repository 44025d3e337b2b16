import { appendFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type ChannelResume, type ChannelState, INITIAL_STATE, type KnownFile, type Position } from '../../agent/model/position.ts';
import { SourceLog } from '../../agent/tail/source-log.ts';
import { LineReader } from '../support/line-reader.ts';
import { tempDir } from '../support/temp-dir.ts';

const FIRST = '20240501-120000';
const SECOND = '20240501-120010';

async function logDir(): Promise<{ root: string; live: string }> {
  const dir = await tempDir();
  onTestFinished(() => dir[Symbol.asyncDispose]());
  return { root: dir.path, live: join(dir.path, '0.log') };
}

/** The position after reading all of `live`, by an agent that has stopped since. */
async function positionAtEnd(root: string, live: string): Promise<Position> {
  using log = new LineReader(live, [root]);
  await log.finish();
  return log.position();
}

function open(root: string, live: string, position: Position | null): LineReader {
  const log = new LineReader(live, [root], { position });
  onTestFinished(() => log[Symbol.dispose]());
  return log;
}

function at(place: number): ChannelResume {
  return { at: place, record: null, state: INITIAL_STATE };
}

/** The position with other facts about the file it is in, which is its only one. */
function inFile(position: Position, file: Partial<KnownFile>): Position {
  return { ...position, files: [{ ...position.files[0]!, ...file }] };
}

/** Inode and offset of a channel's place. */
function placeOf({ files, channels }: Pick<Position, 'files' | 'channels'>, channel: 0 | 1): [string, number] {
  const { file, offset } = channels[channel];
  return [files[file]!.file.ino, offset];
}

function inodeOf(path: string): string {
  return String(statSync(path, { bigint: true }).ino);
}

describe('I8 open with a position', () => {
  test('goes on where it stood', async () => {
    const { root, live } = await logDir();
    writeFileSync(live, 'a\nb\n');
    const position = await positionAtEnd(root, live);
    appendFileSync(live, 'c\n');
    expect(await open(root, live, position).finish()).toBe('c\n');
  });

  test('finds its file under the name it was rotated to, and goes on over what came since', async () => {
    const { root, live } = await logDir();
    writeFileSync(`${live}.20240501-115950`, 'x\n');
    writeFileSync(live, 'a\n');
    const position = await positionAtEnd(root, live);
    appendFileSync(live, 'b\n');
    renameSync(live, `${live}.${FIRST}`);
    writeFileSync(`${live}.${SECOND}`, 'c\n');
    writeFileSync(live, 'd\n');
    const log = open(root, live, position);
    expect(await log.finish()).toBe('b\nc\nd\n');
    expect(log.totals.losses.deleted_unread).toBe(0);
  });

  test('its file is gone: the oldest there is, counted as a loss; times stay distinct, the open line is given up', async () => {
    const { root, live } = await logDir();
    writeFileSync(live, 'a\n');
    const position = await positionAtEnd(root, live);
    const [out, err] = position.channels;
    rmSync(live);
    writeFileSync(`${live}.${SECOND}`, 'b\n');
    writeFileSync(live, 'c\n');
    const state: ChannelState = { runStart: [1, 2], runEnd: [1, 4], line: { time: [1, 3], pieces: 1, bytes: 9 } };
    const log = open(root, live, { ...position, channels: [{ ...out, state }, err] });
    expect(log.opened).toStrictEqual([
      { at: 0, record: null, state: { ...state, line: null } },
      { at: 0, record: null, state: INITIAL_STATE },
    ]);
    expect(await log.finish()).toBe('b\nc\n');
    expect(log.totals.losses.deleted_unread).toBe(1);
  });

  test('a channel that is settled in a later file than is read for the other keeps its place in that file', async () => {
    const { root, live } = await logDir();
    writeFileSync(live, 'a\nb\n');
    const before = open(root, live, null);
    await before.turn();
    renameSync(live, `${live}.${FIRST}`);
    writeFileSync(live, 'c\nd\n');
    await before.finish();
    const saved = before.log.position([at(6), at(2)]);
    const { log, opened } = open(root, live, { ...saved, gaps: [] });
    expect(opened).toMatchObject([{ at: 6 }, { at: 2 }]);
    expect(log.position([at(6), at(2)]).channels).toEqual(saved.channels);
    expect(saved.channels).toMatchObject([
      { file: 1, offset: 2 },
      { file: 0, offset: 2 },
    ]);
  });

  test('an inode that was given to another file is not taken for the old one', async () => {
    const { root, live } = await logDir();
    writeFileSync(live, 'a\n');
    const position = await positionAtEnd(root, live);
    rmSync(live);
    writeFileSync(live, 'other\n');
    const { dev, ino } = statSync(live, { bigint: true });
    const reused = inFile(position, { file: { dev: String(dev), ino: String(ino) } });
    expect(await open(root, live, reused).finish()).toBe('other\n');
  });

  test('a file on another device with the same inode number is another file', async () => {
    const { root, live } = await logDir();
    writeFileSync(live, 'a\nb\n');
    const position = await positionAtEnd(root, live);
    const elsewhere = inFile(position, { file: { dev: '1', ino: position.files[0]!.file.ino } });
    expect(await open(root, live, elsewhere).finish()).toBe('a\nb\n');
  });

  test('an offset beyond the size is a file that was cut: it is read from its start', async () => {
    const { root, live } = await logDir();
    writeFileSync(live, 'same head\nmore\n');
    const position = await positionAtEnd(root, live);
    writeFileSync(live, 'same head\n');
    expect(await open(root, live, position).finish()).toBe('same head\n');
  });

  test('a position at the end of an empty file holds until it is written to', async () => {
    const { root, live } = await logDir();
    writeFileSync(live, '');
    const position = await positionAtEnd(root, live);
    expect(position).toMatchObject({ files: [{ fingerprint: { bytes: 0 } }], channels: [{ offset: 0 }, { offset: 0 }] });
    appendFileSync(live, 'a\n');
    const log = open(root, live, position);
    expect(await log.finish()).toBe('a\n');
    expect(log.totals.losses.deleted_unread).toBe(0);
  });

  test('the position of an empty file does not hold for another one that got its inode', async () => {
    const { root, live } = await logDir();
    writeFileSync(live, '');
    const position = await positionAtEnd(root, live);
    writeFileSync(`${live}.${FIRST}`, 'a\n');
    appendFileSync(live, 'b\n');
    const reused = inFile(position, { fingerprint: { bytes: 0, hash: 'born 1714564800.0' } });
    expect(await open(root, live, reused).finish()).toBe('a\nb\n');
  });

  test('a position is never without a fingerprint of what was read, however young the file', async () => {
    const { root, live } = await logDir();
    writeFileSync(live, '');
    const log = open(root, live, null);
    appendFileSync(live, 'a\nb\n');
    await log.turn();
    expect(log.position()).toMatchObject({ files: [{ fingerprint: { bytes: 4 } }], channels: [{ offset: 4 }, { offset: 4 }] });
    appendFileSync(live, 'x'.repeat(5000));
    log.poll();
    expect(log.position()).toMatchObject({ files: [{ fingerprint: { bytes: 1024 } }], channels: [{ offset: 4 }, { offset: 4 }] });
  });

  test('a fingerprint that no file of ours can have made is no match', async () => {
    const { root, live } = await logDir();
    writeFileSync(live, 'a\n');
    const position = await positionAtEnd(root, live);
    const broken = inFile(position, { fingerprint: { bytes: Number.MAX_SAFE_INTEGER, hash: 'ff' } });
    expect(await open(root, live, broken).finish()).toBe('a\n');
  });
});

describe('positions over rotations', () => {
  test('I1 each channel has a place of its own, in the file that holds it', async () => {
    const { root, live } = await logDir();
    writeFileSync(`${live}.${FIRST}`, 'a\nb\n');
    writeFileSync(live, 'c\nd\n');
    const log = open(root, live, null);
    await log.finish();
    const position = log.log.position([at(2), at(6)]);
    expect(placeOf(position, 0)).toStrictEqual([inodeOf(`${live}.${FIRST}`), 2]);
    expect(placeOf(position, 1)).toStrictEqual([inodeOf(live), 2]);
    const after = open(root, live, position);
    expect(after.opened).toStrictEqual([at(2), at(6)]);
    expect(await after.finish()).toBe('b\nc\nd\n');
  });

  test('the end of a file that was read is the start of the next one', async () => {
    const { root, live } = await logDir();
    writeFileSync(`${live}.${FIRST}`, 'a\nb\n');
    writeFileSync(live, 'c\n');
    const log = open(root, live, null);
    await log.finish();
    const end = { at: 4, record: null, state: INITIAL_STATE };
    expect(placeOf(log.log.position([end, end]), 0)).toStrictEqual([inodeOf(live), 0]);
  });
});

describe(SourceLog, () => {
  test('I8 a late flush into a file that is found rotated at the start is read before its successor', async () => {
    const { root, live } = await logDir();
    writeFileSync(live, 'a\n');
    const position = await positionAtEnd(root, live);
    renameSync(live, `${live}.${FIRST}`);
    writeFileSync(live, 'b\n');
    const log = open(root, live, position);
    expect(await log.turn()).toBe(null);
    appendFileSync(`${live}.${FIRST}`, 'late\n');
    expect(await log.finish()).toBe('late\nb\n');
  });
});
