import { existsSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempDir } from './temp-dir.ts';

test('a temporary directory is empty, its own, and gone afterwards', async () => {
  let path = '';
  {
    await using dir = await tempDir();
    await using other = await tempDir();
    ({ path } = dir);
    expect(path).not.toBe(other.path);
    expect(await readdir(path)).toStrictEqual([]);
    await mkdir(join(path, 'deep'));
    await writeFile(join(path, 'deep/file'), 'x');
  }
  expect(existsSync(path)).toBe(false);
});
