import {
  appendFileSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SourceLog } from '../../agent/tail/source-log.ts';
import { GRACE_MS, LineReader } from '../support/line-reader.ts';
import { tempDir } from '../support/temp-dir.ts';

const FIRST = '20240501-120000';
const SECOND = '20240501-120010';
const THIRD = '20240501-120020';

async function logDir(): Promise<{ root: string; live: string }> {
  const dir = await tempDir();
  onTestFinished(() => dir[Symbol.asyncDispose]());
  return { root: dir.path, live: join(dir.path, '0.log') };
}

function reader(root: string, live: string): LineReader {
  const opened = new LineReader(live, [root]);
  onTestFinished(() => opened[Symbol.dispose]());
  return opened;
}

function descriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

describe(SourceLog, () => {
  test('grows with its file, and never hands on half a line', async () => {
    const { root, live } = await logDir();
    writeFileSync(live, 'a\n');
    const log = reader(root, live);
    expect(await log.catchUp()).toBe('');
    expect(await log.turn()).toBe('a\n');
    appendFileSync(live, 'b');
    expect(await log.catchUp()).toBe('');
    appendFileSync(live, 'c\nd');
    expect(await log.catchUp()).toBe('bc\n');
    expect(log.poll()).toBe(false);
    expect(log.log.unreadBytes).toBe(1);
  });

  test('I4 a rotated file is read to its end before its successor, a late flush included', async () => {
    const { root, live } = await logDir();
    const old = openSync(live, 'a');
    writeSync(old, 'a\n');
    const log = reader(root, live);
    await log.turn();
    renameSync(live, `${live}.${FIRST}`);
    writeFileSync(live, 'new\n');
    writeSync(old, 'b\n');
    expect(await log.catchUp()).toBe('b\n');
    log.nowMs += GRACE_MS - 1;
    writeSync(old, 'late\n');
    closeSync(old);
    expect(await log.catchUp()).toBe('late\n');
    log.nowMs += 1;
    expect(await log.catchUp()).toBe('new\n');
  });

  test('I4 what stands after the last line feed of an ended file is handed on with its end', async () => {
    const { root, live } = await logDir();
    writeFileSync(live, 'a\ntorn');
    const log = reader(root, live);
    renameSync(live, `${live}.${FIRST}`);
    writeFileSync(live, 'b\n');
    expect(await log.finish()).toBe('a\ntornb\n');
  });

  test('no live file between rename and reopen: the old one still grows', async () => {
    const { root, live } = await logDir();
    writeFileSync(live, 'a\n');
    const log = reader(root, live);
    await log.turn();
    renameSync(live, `${live}.${FIRST}`);
    appendFileSync(`${live}.${FIRST}`, 'b\n');
    expect(await log.catchUp()).toBe('b\n');
    log.nowMs += 100 * GRACE_MS;
    appendFileSync(`${live}.${FIRST}`, 'c\n');
    expect(await log.catchUp()).toBe('c\n');
    writeFileSync(live, 'd\n');
    expect(await log.finish()).toBe('d\n');
  });

  test('I4 a rename that is taken back after a failed reopen repeats nothing', async () => {
    const { root, live } = await logDir();
    writeFileSync(live, 'a\n');
    const log = reader(root, live);
    await log.turn();
    renameSync(live, `${live}.${FIRST}`);
    expect(await log.catchUp()).toBe('');
    renameSync(`${live}.${FIRST}`, live);
    appendFileSync(live, 'b\n');
    expect(await log.finish()).toBe('b\n');
  });

  test('I4 several rotations between two polls', async () => {
    const { root, live } = await logDir();
    writeFileSync(live, 'a\n');
    const log = reader(root, live);
    await log.turn();
    for (const [suffix, next] of [
      [FIRST, 'b\n'],
      [SECOND, 'c\n'],
      [THIRD, 'd\n'],
    ] as const) {
      renameSync(live, `${live}.${suffix}`);
      writeFileSync(live, next);
    }
    expect(await log.finish()).toBe('b\nc\nd\n');
  });

  test('I4 a file that came and was rotated away while no live one is there', async () => {
    const { root, live } = await logDir();
    writeFileSync(live, 'a\n');
    const log = reader(root, live);
    await log.turn();
    renameSync(live, `${live}.${FIRST}`);
    writeFileSync(`${live}.${SECOND}`, 'b\n');
    expect(await log.finish()).toBe('b\n');
  });

  test('I4 rotated files found at the start are read, the newest of them with its grace', async () => {
    const { root, live } = await logDir();
    writeFileSync(`${live}.${FIRST}`, 'a\n');
    writeFileSync(`${live}.${SECOND}`, 'b\n');
    writeFileSync(live, 'c\n');
    const log = reader(root, live);
    expect(await log.turn()).toBe('a\n');
    expect(await log.turn()).toBe('b\n');
    expect(await log.turn()).toBe(null);
    appendFileSync(`${live}.${SECOND}`, 'late\n');
    expect(await log.catchUp()).toBe('late\n');
    log.nowMs += GRACE_MS;
    expect(await log.catchUp()).toBe('c\n');
  });

  test.each([
    ['local time went back an hour', '2024-10-27T02:59:40+02:00', '2024-10-27T02:00:00+01:00'],
    [
      'Docker',
      '{"log":"before\\n","stream":"stdout","time":"2024-10-27T00:59:40Z"}',
      '{"log":"after\\n","stream":"stdout","time":"2024-10-27T01:00:00Z"}',
    ],
  ])('I4 names in the wrong order, records in the right one: %s', async (_, before, after) => {
    const { root, live } = await logDir();
    writeFileSync(`${live}.20241027-025950`, `${before} stdout F before\n`);
    writeFileSync(`${live}.20241027-020000`, `${after} stdout F after\n`);
    writeFileSync(live, 'live\n');
    const log = reader(root, live);
    expect(await log.finish()).toBe(`${before} stdout F before\n${after} stdout F after\nlive\n`);
  });

  test('I4 two rotations within a second end in one suffix: the compressed file is not the one beside it, and both are read', async () => {
    const { root, live } = await logDir();
    writeFileSync(`${live}.20240501-120000.gz`, gzipSync('2024-05-01T11:59:59Z stdout F a\n'));
    writeFileSync(`${live}.20240501-120000`, '2024-05-01T12:00:00Z stdout F b\n');
    writeFileSync(live, 'live\n');
    const log = reader(root, live);
    expect(await log.finish()).toBe('2024-05-01T11:59:59Z stdout F a\n2024-05-01T12:00:00Z stdout F b\nlive\n');
  });

  test('I4 unread bytes of a file that was removed are read from its descriptor', async () => {
    const { root, live } = await logDir();
    writeFileSync(live, 'a\n');
    const log = reader(root, live);
    appendFileSync(live, 'b\n');
    rmSync(live);
    expect(await log.finish()).toBe('a\nb\n');
    expect(log.log.unreadBytes).toBe(0);
  });

  test('a file in the place of a removed one comes after it; older ones are not read again', async () => {
    const { root, live } = await logDir();
    writeFileSync(`${live}.${FIRST}`, 'old\n');
    writeFileSync(live, 'a\n');
    const log = reader(root, live);
    expect(await log.finish()).toBe('old\na\n');
    log.position();
    rmSync(live);
    writeFileSync(live, 'b\n');
    expect(await log.finish()).toBe('b\n');
  });

  test('gzip and temporary files of a rotation are no part of the chain', async () => {
    const { root, live } = await logDir();
    writeFileSync(live, 'a\n');
    for (const leftover of [`${FIRST}.gz`, `${FIRST}.tmp`, 'tmp']) writeFileSync(`${live}.${leftover}`, 'x\n');
    const log = reader(root, live);
    expect(await log.finish()).toBe('a\n');
  });

  test('a successor that may not be opened is named, and followed once it may be', async () => {
    const { root, live } = await logDir();
    writeFileSync(live, 'a\n');
    const log = reader(root, live);
    renameSync(live, `${live}.${FIRST}`);
    symlinkSync('/etc/hostname', live);
    expect(await log.finish()).toBe('a\n');
    expect(log.log.followFailure).toBe('outside_roots');
    rmSync(live);
    writeFileSync(live, 'b\n');
    expect(await log.finish()).toBe('b\n');
    expect(log.log.followFailure).toBe(null);
  });

  test('Docker: the live path is a link, rotated files stand beside its target', async () => {
    const { root } = await logDir();
    const json = join(root, 'docker/containers/c0/c0-json.log');
    const live = join(root, 'pods/0.log');
    for (const path of [json, live]) mkdirSync(dirname(path), { recursive: true });
    for (const [suffix, text] of [
      ['.10', '1\n'],
      ['.9', '2\n'],
      ['.1', '3\n'],
      ['', '4\n'],
    ] as const)
      writeFileSync(json + suffix, text);
    symlinkSync(json, live);
    const log = reader(root, live);
    expect(await log.finish()).toBe('1\n2\n3\n4\n');
    renameSync(`${json}.1`, `${json}.2`);
    renameSync(json, `${json}.1`);
    writeFileSync(json, '5\n');
    expect(await log.finish()).toBe('5\n');
  });

  test('Docker: two rotations while the kubelet has renamed the link', async () => {
    const { root } = await logDir();
    const json = join(root, 'docker/containers/c0/c0-json.log');
    const live = join(root, 'pods/0.log');
    for (const path of [json, live]) mkdirSync(dirname(path), { recursive: true });
    writeFileSync(json, '1\n');
    symlinkSync(json, live);
    const log = reader(root, live);
    renameSync(live, `${live}.${FIRST}`);
    for (const text of ['2\n', '3\n']) {
      if (text === '3\n') renameSync(`${json}.1`, `${json}.2`);
      renameSync(json, `${json}.1`);
      writeFileSync(json, text);
    }
    expect(await log.finish()).toBe('1\n2\n3\n');
    renameSync(`${live}.${FIRST}`, live);
    expect(await log.finish()).toBe('');
  });

  test('descriptors: one for each file of the chain that is not read to its end, none after close', async () => {
    const { root, live } = await logDir();
    const before = descriptors();
    writeFileSync(live, 'a\n');
    const log = new LineReader(live, [root]);
    expect(descriptors()).toBe(before + 1);
    renameSync(live, `${live}.${FIRST}`);
    writeFileSync(live, 'b\n');
    log.poll();
    expect(descriptors()).toBe(before + 2);
    await log.finish();
    expect(descriptors()).toBe(before + 1);
    for (let polls = 0; polls < 5; polls += 1) log.poll();
    expect(descriptors()).toBe(before + 1);
    log.log.close();
    expect(descriptors()).toBe(before);
  });
});
