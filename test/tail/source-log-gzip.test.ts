import { appendFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Position } from '../../agent/model/position.ts';
import { LineReader } from '../support/line-reader.ts';
import { tempDir } from '../support/temp-dir.ts';

const SUFFIXES = ['20240501-120000', '20240501-120010', '20240501-120020', '20240501-120030'];

/** A live log and the steps that a kubelet takes with it. */
class Kubelet {
  readonly root: string;
  readonly live: string;
  readonly #rotated: string[] = [];

  constructor(root: string) {
    this.root = root;
    this.live = join(root, '0.log');
  }

  /** Compresses the rotated file before, renames the live one, and opens a new one. */
  rotate(): void {
    const before = this.#rotated.at(-1);
    if (before !== undefined) this.compress(before);
    const rotated = `${this.live}.${SUFFIXES[this.#rotated.length]}`;
    renameSync(this.live, rotated);
    writeFileSync(this.live, '');
    this.#rotated.push(rotated);
  }

  compress(path: string): void {
    writeFileSync(`${path}.tmp`, gzipSync(readFileSync(path)));
    renameSync(`${path}.tmp`, `${path}.gz`);
    rmSync(path);
  }
}

async function kubelet(): Promise<Kubelet> {
  const dir = await tempDir();
  onTestFinished(() => dir[Symbol.asyncDispose]());
  return new Kubelet(dir.path);
}

function open({ live, root }: Kubelet, position: Position | null = null): LineReader {
  const reader = new LineReader(live, [root], { position });
  onTestFinished(() => reader[Symbol.dispose]());
  return reader;
}

/** The position after reading all there is, by an agent that has stopped since. */
async function positionAtEnd({ live, root }: Kubelet): Promise<Position> {
  using reader = new LineReader(live, [root]);
  await reader.finish();
  return reader.position();
}

describe('I8 compressed files of the chain', () => {
  test('a new log is read from its oldest file, compressed ones first', async () => {
    const node = await kubelet();
    for (const text of ['a\n', 'b\n', 'c\n']) {
      appendFileSync(node.live, text);
      node.rotate();
    }
    appendFileSync(node.live, 'd\n');
    expect(await open(node).finish()).toBe('a\nb\nc\nd\n');
  });

  test('after a downtime of several rotations reading goes on inside the file that was live, compressed by now', async () => {
    const node = await kubelet();
    appendFileSync(node.live, 'a\nb\n');
    const position = await positionAtEnd(node);
    appendFileSync(node.live, 'c\n');
    for (const text of ['d\n', 'e\n', 'f\n']) {
      node.rotate();
      appendFileSync(node.live, text);
    }
    const after = open(node, position);
    expect(await after.finish()).toBe('c\nd\ne\nf\n');
    expect(after.totals.losses).toStrictEqual({ deleted_unread: 0, truncated: 0, held_too_long: 0, damaged: 0, unreadable: 0 });
  });

  test('a file that is compressed while its descriptor is held is not read again', async () => {
    const node = await kubelet();
    appendFileSync(node.live, 'a\n');
    const reader = open(node);
    expect(await reader.finish()).toBe('a\n');
    node.rotate();
    appendFileSync(node.live, 'b\n');
    expect(await reader.finish()).toBe('b\n');
    node.rotate();
    appendFileSync(node.live, 'c\n');
    node.rotate();
    appendFileSync(node.live, 'd\n');
    expect(await reader.finish()).toBe('c\nd\n');
  });

  test('two rotations between two polls: the one in between is read, whether compressed or not', async () => {
    const node = await kubelet();
    appendFileSync(node.live, 'a\n');
    const reader = open(node);
    expect(await reader.finish()).toBe('a\n');
    for (const text of ['b\n', 'c\n', 'd\n']) {
      node.rotate();
      appendFileSync(node.live, text);
    }
    expect(await reader.finish()).toBe('b\nc\nd\n');
  });

  test('of a compressed file and its source, both there for a moment, one is read', async () => {
    const node = await kubelet();
    const rotated = `${node.live}.${SUFFIXES[0]}`;
    writeFileSync(rotated, 'a\n');
    writeFileSync(`${rotated}.gz`, gzipSync('a\n'));
    writeFileSync(node.live, 'b\n');
    expect(await open(node).finish()).toBe('a\nb\n');
  });

  test('the .tmp of a compression under way is no log', async () => {
    const node = await kubelet();
    writeFileSync(`${node.live}.${SUFFIXES[0]}`, 'a\n');
    writeFileSync(`${node.live}.${SUFFIXES[0]}.tmp`, gzipSync('a\n').subarray(0, 10));
    writeFileSync(node.live, 'b\n');
    expect(await open(node).finish()).toBe('a\nb\n');
  });

  test('a damaged one is read as far as it goes, counted, and passed', async () => {
    const node = await kubelet();
    const content = Buffer.from(Array.from({ length: 3000 }, (_, i) => `${i}\n`).join(''));
    const whole = gzipSync(content);
    writeFileSync(`${node.live}.${SUFFIXES[0]}.gz`, whole.subarray(0, whole.length - 500));
    writeFileSync(node.live, 'end\n');
    const reader = open(node);
    const text = await reader.finish();
    expect(text.startsWith('0\n1\n2\n')).toBe(true);
    expect(text.endsWith('end\n')).toBe(true);
    expect(reader.totals.losses.damaged).toBe(1);
  });

  test('a damaged one is not read again, neither after a rotation nor after a restart', async () => {
    const node = await kubelet();
    const whole = gzipSync(Buffer.from(Array.from({ length: 3000 }, (_, i) => `${i}\n`).join('')));
    writeFileSync(`${node.live}.${SUFFIXES[0]}.gz`, whole.subarray(0, whole.length - 500));
    writeFileSync(node.live, 'a\n');
    const reader = open(node);
    await reader.finish();
    renameSync(node.live, `${node.live}.${SUFFIXES[1]}`);
    writeFileSync(node.live, 'b\n');
    expect(await reader.finish()).toBe('b\n');
    const position = reader.position();
    renameSync(node.live, `${node.live}.${SUFFIXES[2]}`);
    writeFileSync(node.live, 'c\n');
    expect(await reader.finish()).toBe('c\n');
    expect(await open(node, position).finish()).toBe('c\n');
  });

  test("Docker's numbered files, of which the older ones are compressed", async () => {
    const node = await kubelet();
    writeFileSync(`${node.live}.2.gz`, gzipSync('a\n'));
    writeFileSync(`${node.live}.1`, 'b\n');
    writeFileSync(node.live, 'c\n');
    expect(await open(node).finish()).toBe('a\nb\nc\n');
  });
});
