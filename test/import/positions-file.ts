import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { tempDir } from '../support/temp-dir.ts';

/** When the files of the tests were last written. */
export const WRITTEN_MS = 1_763_000_000_000;

export async function scratch(): Promise<string> {
  const dir = await tempDir();
  onTestFinished(() => dir[Symbol.asyncDispose]());
  return dir.path;
}

/** A file of this text, last written at WRITTEN_MS. */
export async function positionsFile(text: string): Promise<string> {
  const file = join(await scratch(), 'positions');
  writeFileSync(file, text);
  utimesSync(file, WRITTEN_MS / 1000, WRITTEN_MS / 1000);
  return file;
}
