import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, mkdirSync, readdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { LogFile } from '../../agent/tail/log-file.ts';
import { tempDir } from '../support/temp-dir.ts';
import { under } from './under.ts';
import { asNobody } from '../support/as-nobody.ts';

async function rootDir(): Promise<string> {
  const dir = await tempDir();
  onTestFinished(() => dir[Symbol.asyncDispose]());
  const root = join(dir.path, 'pods');
  mkdirSync(root);
  return root;
}

function openFile(path: string, root: string): LogFile {
  const file = LogFile.open(path, under(root));
  if (typeof file === 'string') throw new Error(file);
  onTestFinished(() => file.close());
  return file;
}

function descriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

describe('what is opened', () => {
  test('a regular file under a root, also through links that stay inside', async () => {
    const root = await rootDir();
    writeFileSync(join(root, 'real'), 'text');
    symlinkSync('real', join(root, 'link'));
    symlinkSync(root, join(root, 'self'));
    for (const path of ['real', 'link', 'self/link']) expect(openFile(join(root, path), root).look().size).toBe(4);
  });

  test('nothing outside of the roots, whichever way leads there', async () => {
    const root = await rootDir();
    symlinkSync('/etc/shadow', join(root, 'shadow'));
    symlinkSync('/etc', join(root, 'etc'));
    symlinkSync('shadow', join(root, 'two steps'));
    writeFileSync(`${root}-other`, '');
    const inside = ['shadow', 'etc/hostname', 'two steps'].map((name) => join(root, name));
    for (const path of [...inside, '/etc/hostname', join(root, '../../../../etc/hostname'), `${root}-other`]) {
      expect(LogFile.open(path, under(root))).toBe('outside_roots');
    }
  });

  test('only regular files: no directory, device, socket or FIFO, and nothing blocks', async () => {
    const root = await rootDir();
    execFileSync('mkfifo', [join(root, 'fifo')]);
    mkdirSync(join(root, 'directory'));
    symlinkSync('loop', join(root, 'loop'));
    const socket = createServer();
    await new Promise<void>((resolve) => socket.listen(join(root, 'socket'), resolve));
    onTestFinished(() => void socket.close());
    const before = descriptors();
    for (const name of ['fifo', 'directory', 'loop', 'socket']) expect(LogFile.open(join(root, name), under(root))).toBe('not_regular');
    expect(LogFile.open('/dev/null', under('/dev'))).toBe('not_regular');
    expect(descriptors()).toBe(before);
  });

  test('what is not there is missing, a link without an end too', async () => {
    const root = await rootDir();
    symlinkSync('nowhere', join(root, 'dangling'));
    writeFileSync(join(root, 'file'), '');
    for (const name of ['none', 'dangling', 'file/none']) expect(LogFile.open(join(root, name), under(root))).toBe('missing');
  });

  test('a file of which nothing may be read', async () => {
    const root = await rootDir();
    chmodSync(root, 0o755);
    writeFileSync(join(root, 'secret'), '');
    chmodSync(join(root, 'secret'), 0);
    expect(await asNobody(() => LogFile.open(join(root, 'secret'), under(root)))).toBe('denied');
  });
});

describe('fingerprints', () => {
  test('cover the first bytes there are, 1024 at most', async () => {
    const root = await rootDir();
    const path = join(root, '0.log');
    writeFileSync(path, '');
    const file = openFile(path, root);
    const [seconds, nanos] = file.birth;
    const born = { bytes: 0, hash: `born ${seconds}.${nanos}` };
    expect(file.fingerprint()).toStrictEqual(born);
    appendFileSync(path, 'hello\n');
    // printf 'hello\n' | sha256sum
    expect(file.fingerprint()).toStrictEqual({ bytes: 6, hash: '5891b5b522d5df086d0ff0b110fbd9d2' });
    appendFileSync(path, 'x'.repeat(2000));
    expect(file.fingerprint().bytes).toBe(1024);
    expect(file.grown(born)).toStrictEqual(file.fingerprint());
    expect(file.grown({ bytes: 0, hash: `born ${seconds}.${nanos + 1}` })).toBe(null);
  });

  test('grow with a file that still begins as it did', async () => {
    const root = await rootDir();
    const path = join(root, '0.log');
    writeFileSync(path, 'a\n');
    const file = openFile(path, root);
    const young = file.fingerprint();
    appendFileSync(path, 'b\n');
    const old = file.grown(young);
    expect(old).toStrictEqual(file.fingerprint());
    truncateSync(path, 2);
    expect(file.grown(young)).toStrictEqual(young);
    expect(file.grown(old!)).toBe(null);
    writeFileSync(path, 'c\nb\n');
    expect(file.grown(young)).toBe(null);
  });

  test('do not change with what comes after the first 1024 bytes', async () => {
    const root = await rootDir();
    const path = join(root, '0.log');
    writeFileSync(path, 'x'.repeat(1024));
    const file = openFile(path, root);
    const full = file.fingerprint();
    appendFileSync(path, 'y');
    expect(file.grown(full)).toBe(full);
  });
});

test('reads by offset, also what is no longer named', async () => {
  const root = await rootDir();
  const path = join(root, '0.log');
  writeFileSync(path, 'abcdef');
  const file = openFile(path, root);
  execFileSync('rm', [path]);
  const target = Buffer.alloc(4);
  expect(await file.read(target, 3)).toBe(3);
  expect(target.toString('latin1', 0, 3)).toBe('def');
  expect(await file.read(target, 6)).toBe(0);
});
