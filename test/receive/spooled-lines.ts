import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** All lines of a spool, from the oldest file to the live one, and what stands behind the last LF. */
export async function spooledLines(directory: string): Promise<{ lines: string[]; rest: string }> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.log')).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')));
  const lines = texts.join('').split('\n');
  return { rest: lines.pop()!, lines };
}
