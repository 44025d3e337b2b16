import { spawnSync } from 'node:child_process';
import { linkSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type FileSystem, systemFiles } from '../../agent/runtime/file-system.ts';
import { LogFile } from '../../agent/tail/log-file.ts';
import type { Opening } from '../../agent/tail/open-regular.ts';
import { tempDir } from '../support/temp-dir.ts';
import { under } from './under.ts';

interface Pods {
  readonly root: string;
  /** The directory of the log. */
  readonly own: string;
  /** That of another pod's. */
  readonly neighbour: string;
  /** A file of the system's own. */
  readonly secret: string;
}

async function pods(): Promise<Pods> {
  const dir = await tempDir();
  onTestFinished(() => dir[Symbol.asyncDispose]());
  const root = join(dir.path, 'pods');
  const [own, neighbour] = [join(root, 'evil_pod_u-1/app'), join(root, 'shop_cart_u-2/app')];
  const system = join(dir.path, 'etc');
  for (const path of [own, neighbour, system]) mkdirSync(path, { recursive: true });
  writeFileSync(join(own, '0.log'), 'mine');
  writeFileSync(join(neighbour, '0.log'), 'theirs');
  writeFileSync(join(system, '0.log'), 'secret');
  return { root, own, neighbour, secret: join(system, '0.log') };
}

function openingOf({ root, own }: Pods, fs: FileSystem = systemFiles): Opening {
  return { ...under(root), home: { pods: root, own }, fs };
}

/** What the log's only name leads to: what stands there, or why it is not opened. */
function opened(path: string, opening: Opening): string {
  const file = LogFile.open(path, opening);
  if (typeof file === 'string') return file;
  onTestFinished(() => file.close());
  return file.peek(100, 0).toString();
}

/** Does something between the look at a name and its opening. */
function justBeforeOpening(act: () => void): FileSystem {
  return {
    ...systemFiles,
    openSync: (path, flags) => {
      act();
      return systemFiles.openSync(path, flags);
    },
  };
}

describe('a log of a pod', () => {
  test('is what stands in its own directory', async () => {
    const dirs = await pods();
    symlinkSync('0.log', join(dirs.own, '1.log'));
    expect(opened(join(dirs.own, '0.log'), openingOf(dirs))).toBe('mine');
    expect(opened(join(dirs.own, '1.log'), openingOf(dirs))).toBe('mine');
  });

  test('is not another pod’s, whichever way leads there', async () => {
    const dirs = await pods();
    const { root, own, neighbour } = dirs;
    symlinkSync(join(neighbour, '0.log'), join(own, 'file'));
    symlinkSync('../../shop_cart_u-2/app', join(own, 'directory'));
    symlinkSync(root, join(own, 'all'));
    for (const path of ['file', 'directory/0.log', 'all/shop_cart_u-2/app/0.log'])
      expect(opened(join(own, path), openingOf(dirs))).toBe('another_pod');
    const beside = `${own}-2`;
    mkdirSync(beside);
    writeFileSync(join(beside, '0.log'), '');
    symlinkSync(join(beside, '0.log'), join(own, 'beside'));
    expect(opened(join(own, 'beside'), openingOf(dirs))).toBe('another_pod');
  });

  test('may lead to a root that is not the pods’, as Docker’s does', async () => {
    const dirs = await pods();
    const docker = join(dirs.secret, '..');
    symlinkSync(dirs.secret, join(dirs.own, 'docker'));
    expect(opened(join(dirs.own, 'docker'), openingOf(dirs))).toBe('outside_roots');
    expect(opened(join(dirs.own, 'docker'), { ...openingOf(dirs), roots: [dirs.root, docker] })).toBe('secret');
  });
});

describe('a name that is exchanged between the look and the opening', () => {
  test('for a link is not followed', async () => {
    const dirs = await pods();
    const live = join(dirs.own, '0.log');
    const fs = justBeforeOpening(() => {
      rmSync(live);
      symlinkSync(dirs.secret, live);
    });
    const before = readdirSync('/proc/self/fd').length;
    expect(opened(live, openingOf(dirs, fs))).toBe('not_regular');
    expect(readdirSync('/proc/self/fd')).toHaveLength(before);
  });

  test.each([
    ['the system’s', 'outside_roots', ({ secret }: Pods) => join(secret, '..')],
    ['another pod’s', 'another_pod', ({ neighbour }: Pods) => neighbour],
  ])('with its directory for %s is closed again unread', async (_, failure, target) => {
    const dirs = await pods();
    const fs = justBeforeOpening(() => {
      renameSync(dirs.own, `${dirs.own}.aside`);
      symlinkSync(target(dirs), dirs.own);
    });
    const before = readdirSync('/proc/self/fd').length;
    expect(opened(join(dirs.own, '0.log'), openingOf(dirs, fs))).toBe(failure);
    expect(readdirSync('/proc/self/fd')).toHaveLength(before);
  });

  test('for a FIFO neither blocks nor is read', async () => {
    const dirs = await pods();
    const live = join(dirs.own, '0.log');
    const fs = justBeforeOpening(() => {
      rmSync(live);
      expect(spawnSync('mkfifo', [live]).status).toBe(0);
    });
    expect(opened(live, openingOf(dirs, fs))).toBe('not_regular');
  });
});

test('what is no regular file is never opened: to open a device may do something already', async () => {
  const dirs = await pods();
  const fifo = join(dirs.own, 'fifo');
  expect(spawnSync('mkfifo', [fifo]).status).toBe(0);
  let openings = 0;
  const fs = justBeforeOpening(() => (openings += 1));
  expect(opened(fifo, openingOf(dirs, fs))).toBe('not_regular');
  expect(opened(dirs.own, { ...openingOf(dirs, fs), roots: [dirs.root] })).toBe('another_pod');
  expect(LogFile.open('/dev/null', { ...under('/dev'), fs })).toBe('not_regular');
  expect(openings).toBe(0);
});

test('a second name of a file is that file: whoever could make it could read it', async () => {
  const dirs = await pods();
  const { own, neighbour } = dirs;
  linkSync(join(neighbour, '0.log'), join(own, '1.log'));
  expect(opened(join(own, '1.log'), openingOf(dirs))).toBe('theirs');
});
