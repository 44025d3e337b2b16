import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemFiles } from '../../agent/runtime/file-system.ts';
import { lumberjackFiles } from '../../agent/tail/lumberjack-files.ts';
import { tempDir } from '../support/temp-dir.ts';

/** Names of the rotated files of `live` beside files of these names. */
async function found(live: string, names: readonly string[]): Promise<string[]> {
  const dir = await tempDir();
  onTestFinished(() => dir[Symbol.asyncDispose]());
  for (const name of names) writeFileSync(join(dir.path, name), '');
  return lumberjackFiles(join(dir.path, live), systemFiles).map((path) => basename(path));
}

describe(lumberjackFiles, () => {
  test('files come in the order of their times, compressed or not', async () => {
    const names = ['audit-2026-01-02T15-04-05.100.log', 'audit-2026-01-02T15-04-05.009.log.gz', 'audit-2025-12-31T23-59-59.999.log'];
    expect(await found('audit.log', ['audit.log', ...names])).toEqual([names[2], names[1], names[0]]);
  });

  test('as long as the source is there, a compressed file may be half of one', async () => {
    const plain = 'audit-2026-01-02T15-04-05.100.log';
    expect(await found('audit.log', [plain, `${plain}.gz`])).toEqual([plain]);
  });

  test.each([
    'audit-2026-01-02T15-04-05.log',
    'audit-2026-01-02.log',
    'audit-old.log',
    'audit-.log',
    'audit-2026-01-02T15-04-05.100.log.gz.tmp',
    'audit-2026-01-02T15-04-05.100.txt',
    'audit-webhook-2026-01-02T15-04-05.100.log',
    'audit.log.20240501-120000',
  ])('%s is another file', async (name) => {
    expect(await found('audit.log', [name])).toEqual([]);
  });

  test.each([
    ['audit', 'audit-2026-01-02T15-04-05.100'],
    ['kube.audit.jsonl', 'kube.audit-2026-01-02T15-04-05.100.jsonl'],
  ])('of %s it is %s', async (live, rotated) => {
    expect(await found(live, [live, rotated])).toEqual([rotated]);
  });

  test('a directory that is not there has none', async () => {
    const dir = await tempDir();
    onTestFinished(() => dir[Symbol.asyncDispose]());
    mkdirSync(join(dir.path, 'there'));
    expect(lumberjackFiles(join(dir.path, 'gone', 'audit.log'), systemFiles)).toEqual([]);
    expect(lumberjackFiles(join(dir.path, 'there', 'audit.log'), systemFiles)).toEqual([]);
  });
});
