import { appendFile, mkdir, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AuditSpool, type SpoolOptions } from '../../agent/receive/audit-spool.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { tempDir } from '../support/temp-dir.ts';
import { spooledLines } from './spooled-lines.ts';

const STORED = { kind: 'stored' };

function optionsIn(directory: string, bounds: Partial<SpoolOptions> = {}): SpoolOptions {
  return { directory, fileBytes: 1000, spoolBytes: 100_000, clock: new FakeClock(), ...bounds };
}

function line(text: string): Buffer {
  return Buffer.from(`${text}\n`);
}

describe(AuditSpool, () => {
  test('what is answered as stored stands in the files, in the order it came, however it is rotated and restarted (I8)', async () => {
    const runs = fc.array(fc.array(fc.string({ minLength: 1, maxLength: 30 }).map(withoutBreaks), { maxLength: 8 }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(runs, fc.integer({ min: 10, max: 60 }), async (opened, fileBytes) => {
        await using dir = await tempDir();
        const clock = new FakeClock();
        for (const texts of opened) {
          await using spool = await AuditSpool.open(optionsIn(dir.path, { fileBytes, clock }));
          const stored = await Promise.all(texts.map((text) => spool.append(line(text))));
          expect(stored).toEqual(texts.map(() => STORED));
          clock.jump(-1000);
        }
        expect(await spooledLines(dir.path)).toEqual({ lines: opened.flat(), rest: '' });
      }),
      { numRuns: 40 },
    );
  });

  test('files are named as lumberjack names them, those of one millisecond too, and hold no more than they may', async () => {
    await using dir = await tempDir();
    await using spool = await AuditSpool.open(optionsIn(dir.path, { fileBytes: 10 }));
    for (const text of ['one two', 'three', 'longer than a file', 'four']) await spool.append(line(text));
    expect((await readdir(dir.path)).sort()).toEqual([
      'audit-2024-05-01T12-00-00.000.log',
      'audit-2024-05-01T12-00-00.001.log',
      'audit-2024-05-01T12-00-00.002.log',
      'audit.log',
    ]);
    expect((await stat(join(dir.path, 'audit.log'))).mode & 0o777).toBe(0o600);
  });

  test('lines that come while others are written share one write: they are found together in one file', async () => {
    await using dir = await tempDir();
    await using spool = await AuditSpool.open(optionsIn(dir.path, { fileBytes: 4 }));
    await Promise.all(['a', 'b', 'c', 'd'].map((text) => spool.append(line(text))));
    const sizes = await Promise.all((await readdir(dir.path)).sort().map(async (name) => (await stat(join(dir.path, name))).size));
    expect(sizes).toEqual([8]);
  });

  test('a line that a crash has torn is cut off at the start, and the next one begins there', async () => {
    await using dir = await tempDir();
    await writeFile(join(dir.path, 'audit.log'), 'whole\nto');
    await using spool = await AuditSpool.open(optionsIn(dir.path));
    expect(await spooledLines(dir.path)).toEqual({ lines: ['whole'], rest: '' });
    await spool.append(line('next'));
    expect(await spooledLines(dir.path)).toEqual({ lines: ['whole', 'next'], rest: '' });
  });

  test('a spool that is full takes what still fits, counts what an earlier run left, and takes more when files are released', async () => {
    await using dir = await tempDir();
    const bounds = { fileBytes: 10, spoolBytes: 25 };
    {
      await using before = await AuditSpool.open(optionsIn(dir.path, bounds));
      await before.append(line('123456789'));
    }
    await using spool = await AuditSpool.open(optionsIn(dir.path, bounds));
    const stored = await Promise.all([line('abcdefghi'), line('too much'), line('jkl')].map((lines) => spool.append(lines)));
    expect(stored).toEqual([STORED, { kind: 'full' }, STORED]);
    expect(spool.bytes).toBe(24);
    await spool.release(() => false);
    expect(await spool.append(line('too much'))).toEqual(STORED);
    expect((await spooledLines(dir.path)).lines).toEqual(['abcdefghi', 'jkl', 'too much']);
  });

  test('lines that have no room at all keep none away that come later', async () => {
    await using dir = await tempDir();
    await using spool = await AuditSpool.open(optionsIn(dir.path, { spoolBytes: 5 }));
    for (let i = 0; i < 3; i += 1) expect(await spool.append(line('too much'))).toEqual({ kind: 'full' });
    expect(await spool.append(line('fits'))).toEqual(STORED);
  });

  test('no file is released behind one that is needed, and never the live one', async () => {
    await using dir = await tempDir();
    await using spool = await AuditSpool.open(optionsIn(dir.path, { fileBytes: 2 }));
    for (const text of ['a', 'b', 'c', 'd']) await spool.append(line(text));
    const needed = await stat(join(dir.path, (await readdir(dir.path)).sort()[1]!));
    await spool.release(({ dev, ino }) => dev === String(needed.dev) && ino === String(needed.ino));
    expect((await spooledLines(dir.path)).lines).toEqual(['b', 'c', 'd']);
    await spool.release(() => false);
    expect((await spooledLines(dir.path)).lines).toEqual(['d']);
  });

  test('a file that somebody else has removed is released as well', async () => {
    await using dir = await tempDir();
    await using spool = await AuditSpool.open(optionsIn(dir.path, { fileBytes: 2 }));
    for (const text of ['a', 'b']) await spool.append(line(text));
    await rm(join(dir.path, (await readdir(dir.path)).sort()[0]!));
    await spool.release(() => false);
    expect(spool.bytes).toBe(2);
  });

  test('a full disk is said, and the next lines are stored when there is room again', async () => {
    await using dir = await tempDir();
    const live = join(dir.path, 'audit.log');
    await symlink('/dev/full', live);
    await using spool = await AuditSpool.open(optionsIn(dir.path));
    expect(await spool.append(line('a'))).toEqual({ kind: 'trouble', why: expect.stringContaining('ENOSPC') as string });
    await rm(live);
    expect(await spool.append(line('b'))).toEqual(STORED);
    expect(await spooledLines(dir.path)).toEqual({ lines: ['b'], rest: '' });
  });

  test('after a failure the end of the file is mended before anything is added', async () => {
    await using dir = await tempDir();
    await using spool = await AuditSpool.open(optionsIn(dir.path, { fileBytes: 10 }));
    await spool.append(line('12345678'));
    await rm(dir.path, { recursive: true });
    expect(await spool.append(line('abcdefgh'))).toEqual({ kind: 'trouble', why: expect.stringContaining('ENOENT') as string });
    await mkdir(dir.path);
    await appendFile(join(dir.path, 'audit.log'), 'whole\ntorn');
    expect(await spool.append(line('abc'))).toEqual(STORED);
    expect(await spooledLines(dir.path)).toEqual({ lines: ['whole', 'abc'], rest: '' });
  });
});

function withoutBreaks(text: string): string {
  return text.replaceAll(/[\n\ud800-\udfff]/g, '_');
}
