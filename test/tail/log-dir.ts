import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { onTestFinished } from 'vitest';
import type { Position } from '../../agent/model/position.ts';
import { LineReader, type LineReaderOptions } from '../support/line-reader.ts';
import { tempDir } from '../support/temp-dir.ts';

/** Names that a kubelet gives to rotated files, oldest first. */
export const FIRST = '20240501-120000';
export const SECOND = '20240501-120010';
export const THIRD = '20240501-120020';

/** A directory for one log; nothing is in it yet. */
export interface LogDir {
  readonly root: string;
  readonly live: string;
}

export async function logDir(): Promise<LogDir> {
  const dir = await tempDir();
  onTestFinished(() => dir[Symbol.asyncDispose]());
  return { root: dir.path, live: join(dir.path, '0.log') };
}

/** Reads the log until the end of the test. */
export function reader({ root, live }: LogDir, options: LineReaderOptions = {}): LineReader {
  const opened = new LineReader(live, [root], options);
  onTestFinished(() => opened[Symbol.dispose]());
  return opened;
}

/** The position after reading all there is, by an agent that has stopped since. */
export async function positionAtEnd({ root, live }: LogDir): Promise<Position> {
  using log = new LineReader(live, [root]);
  await log.finish();
  return log.position();
}

/** What is live gets the name of a rotated file, and `text` stands in a new live one. */
export function rotate({ live }: LogDir, suffix: string, text: string): void {
  renameSync(live, `${live}.${suffix}`);
  writeFileSync(live, text);
}

/** Compresses a rotated file as the kubelet does it. */
export function compress(path: string): void {
  writeFileSync(`${path}.tmp`, gzipSync(readFileSync(path)));
  renameSync(`${path}.tmp`, `${path}.gz`);
  rmSync(path);
}

/** How many descriptors this process has. */
export function openDescriptors(): number {
  return readdirSync('/proc/self/fd').length;
}
