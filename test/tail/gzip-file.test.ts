import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, gunzipSync, gzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { GzipFile } from '../../agent/tail/gzip-file.ts';
import { LogFile } from '../../agent/tail/log-file.ts';
import { tempDir } from '../support/temp-dir.ts';
import { under } from './under.ts';

async function open(content: Buffer): Promise<GzipFile> {
  const dir = await tempDir();
  onTestFinished(() => dir[Symbol.asyncDispose]());
  const path = join(dir.path, '0.log.20240501-120000.gz');
  writeFileSync(path, content);
  const file = LogFile.open(path, under(dir.path));
  if (typeof file === 'string') throw new Error(file);
  onTestFinished(() => file.close());
  return new GzipFile(file);
}

function lines(count: number): Buffer {
  return Buffer.from(Array.from({ length: count }, (_, i) => `${i} ${String(crc32(String(i))).repeat(i % 9)}\n`).join(''));
}

describe('GzipFile', () => {
  test('has the content of the file before compression, wherever reading goes', async () => {
    const content = lines(6000);
    const file = await open(gzipSync(content));
    expect(file.look().size).toBe(content.length);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(fc.nat({ max: content.length + 10 }), fc.integer({ min: 1, max: 100_000 }))), async (reads) => {
        for (const [offset, length] of reads) {
          const target = Buffer.alloc(length);
          const got = await file.read(target, offset);
          expect(target.subarray(0, got).equals(content.subarray(offset, offset + length))).toBe(true);
        }
      }),
      { numRuns: 30 },
    );
  });

  test('reads on behind the last whole line without starting again', async () => {
    const content = lines(50_000);
    const file = await open(gzipSync(content));
    const target = Buffer.alloc(4096);
    let offset = 0;
    let reads = 0;
    for (let got = await file.read(target, 0); got > 0; got = await file.read(target, offset)) {
      expect(target.subarray(0, got).equals(content.subarray(offset, offset + got))).toBe(true);
      offset += got < target.length ? got : target.lastIndexOf(10) + 1;
      reads += 1;
    }
    expect(offset).toBe(content.length);
    expect(reads).toBeLessThan(content.length / 3500);
  });

  test('has the fingerprint of the content: of its first 1024 bytes, of all of a shorter one', async () => {
    for (const content of [lines(3), lines(1000)]) {
      const dir = await tempDir();
      onTestFinished(() => dir[Symbol.asyncDispose]());
      writeFileSync(join(dir.path, 'plain'), content);
      const plain = LogFile.open(join(dir.path, 'plain'), under(dir.path)) as LogFile;
      onTestFinished(() => plain.close());
      const file = await open(gzipSync(content));
      expect(file.fingerprint()).toStrictEqual(plain.fingerprint());
      expect(file.grown({ ...plain.fingerprint(), hash: '0' })).toBe(null);
    }
  });

  test('what breaks off is handed out up to there, and said to be damaged', async () => {
    const content = lines(20_000);
    const whole = gzipSync(content);
    const file = await open(whole.subarray(0, whole.length / 2));
    const target = Buffer.alloc(content.length);
    const got = await file.read(target, 0);
    expect(got).toBeGreaterThan(content.length / 4);
    expect(target.subarray(0, got).equals(content.subarray(0, got))).toBe(true);
    expect(file.damaged).toBe(true);
    expect(file.look().size).toBe(got);
  });

  test('I3 a bomb is read a chunk at a time, and not looked into beyond its head', async () => {
    const bytes = 80 * 1024 * 1024;
    const file = await open(gzipSync(Buffer.alloc(bytes)));
    expect(file.peek(1024, 0)).toHaveLength(1024);
    expect(file.peek(1024, 1024)).toHaveLength(0);
    const chunk = Buffer.alloc(516 * 1024);
    let [read, length] = [0, 0];
    const before = process.memoryUsage().arrayBuffers;
    let most = 0;
    do {
      length = await file.read(chunk, read);
      read += length;
      most = Math.max(most, process.memoryUsage().arrayBuffers - before);
    } while (length > 0);
    expect(read).toBe(bytes);
    // What the collector has not come to yet included.
    expect(most).toBeLessThan(bytes / 2);
  });

  test('I3 a file that is large itself is not read at once', async () => {
    const dir = await tempDir();
    onTestFinished(() => dir[Symbol.asyncDispose]());
    const path = join(dir.path, '0.log.20240501-120000.gz');
    writeFileSync(path, gzipSync(lines(100)));
    truncateSync(path, 10 * 2 ** 30);
    const opened = LogFile.open(path, under(dir.path)) as LogFile;
    onTestFinished(() => opened.close());
    const file = new GzipFile(opened);
    expect(file.peek(10, 2000)).toHaveLength(0);
  });

  test('what is no gzip at all has no content', async () => {
    const file = await open(Buffer.from('not compressed, whatever its name says'));
    expect(await file.read(Buffer.alloc(100), 0)).toBe(0);
    expect(file.damaged).toBe(true);
  });

  test('reads what a kubelet and containerd have written', async () => {
    const sample = readFileSync(join(import.meta.dirname, '../samples/cri/containerd/rotation/0.log.20261122-224302.gz'));
    const file = await open(sample);
    const target = Buffer.alloc(100_000);
    const got = await file.read(target, 0);
    expect(target.subarray(0, got).equals(gunzipSync(sample))).toBe(true);
    expect(file.look().size).toBe(33_661);
  });
});
