import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatCheckpoints } from '../../agent/checkpoint/checkpoint-document.ts';
import { CheckpointStore } from '../../agent/checkpoint/checkpoint-store.ts';
import { asNobody } from '../support/as-nobody.ts';
import { mayMount, Mount } from '../support/mounts.ts';
import { at, CURRENT, NEXT, positionAt, PREVIOUS, stateDir } from './some-checkpoints.ts';

const LOST = { startedMs: 0, imported: [], outputs: {} };

async function savedStore(): Promise<{ directory: string; store: CheckpointStore }> {
  const directory = await stateDir();
  const store = new CheckpointStore(directory);
  await store.save(at(1));
  return { directory, store };
}

async function loaded(directory: string): Promise<unknown> {
  return (await new CheckpointStore(directory).load()).checkpoints;
}

/** Lets everyone read what root alone may write to. */
function openToAll(directory: string): void {
  chmodSync(dirname(directory), 0o755);
  chmodSync(directory, 0o555);
  for (const name of readdirSync(directory)) chmodSync(join(directory, name), 0o444);
}

describe('a directory that cannot be used', () => {
  test('a file in its place: said at the start, and used once it is a directory', async () => {
    const directory = await stateDir();
    writeFileSync(directory, '');
    const store = new CheckpointStore(directory);
    const { checkpoints, findings } = await store.load();
    expect(checkpoints).toStrictEqual(LOST);
    expect(findings).toMatchObject([{ kind: 'unusable', directory, code: 'EEXIST' }]);
    await expect(store.save(at(1))).rejects.toMatchObject({ code: 'EEXIST' });
    rmSync(directory);
    expect(await store.save(at(1))).toBe(true);
    expect(await loaded(directory)).toStrictEqual(at(1));
  });

  test('a file in the place of the one above it', async () => {
    const directory = join(await stateDir(), 'logferry');
    writeFileSync(dirname(directory), '');
    const { findings } = await new CheckpointStore(directory).load();
    expect(findings).toMatchObject([{ kind: 'unusable', code: 'ENOTDIR' }]);
  });

  test('it may not be looked into', async () => {
    const { directory } = await savedStore();
    openToAll(directory);
    chmodSync(directory, 0o000);
    const { checkpoints, findings } = await asNobody(() => new CheckpointStore(directory).load());
    chmodSync(directory, 0o700);
    expect(checkpoints).toStrictEqual(LOST);
    expect(findings).toMatchObject([{ kind: 'unusable', code: 'EACCES' }]);
    expect(await loaded(directory)).toStrictEqual(at(1));
  });
});

describe('a directory that may only be read', () => {
  test('what is in it is used, saves fail, and succeed when it may be written to', async () => {
    const { directory } = await savedStore();
    openToAll(directory);
    const store = new CheckpointStore(directory);
    expect(await asNobody(() => store.load())).toStrictEqual({ checkpoints: at(1), findings: [] });
    await expect(asNobody(() => store.save(at(2)))).rejects.toMatchObject({ code: 'EACCES' });
    expect(await loaded(directory)).toStrictEqual(at(1));
    chmodSync(directory, 0o755);
    await store.save(at(2));
    expect(await loaded(directory)).toStrictEqual(at(2));
  });

  test('what cannot be used stays where it is until it can be moved, and is never written over', async () => {
    const { directory } = await savedStore();
    const newer = '{"version":9}';
    writeFileSync(join(directory, CURRENT), newer);
    writeFileSync(join(directory, PREVIOUS), 'bad');
    openToAll(directory);
    const store = new CheckpointStore(directory);
    const { checkpoints, findings } = await asNobody(() => store.load());
    expect(checkpoints).toStrictEqual(LOST);
    expect(findings).toMatchObject([{ kind: 'newer', setAside: null }, { kind: 'corrupt', setAside: null }, { kind: 'lost' }]);
    await expect(asNobody(() => store.save(at(2)))).rejects.toMatchObject({ code: 'EACCES' });
    chmodSync(directory, 0o755);
    await store.save(at(2));
    expect(readdirSync(directory).sort()).toStrictEqual([CURRENT, `${CURRENT}.v9`, `${PREVIOUS}.corrupt`]);
    expect(readFileSync(join(directory, `${CURRENT}.v9`), 'utf8')).toBe(newer);
  });

  test('a replacement that a crash interrupted is loaded all the same, and finished later', async () => {
    const { directory } = await savedStore();
    writeFileSync(join(directory, NEXT), formatCheckpoints(at(2)));
    openToAll(directory);
    expect(await asNobody(() => loaded(directory))).toStrictEqual(at(2));
    chmodSync(directory, 0o755);
    expect(await loaded(directory)).toStrictEqual(at(2));
    expect(readdirSync(directory).sort()).toStrictEqual([CURRENT, PREVIOUS]);
  });
});

describe('while the agent runs', () => {
  test('the directory goes away and comes back: it is made again, and the other one taken up again', async () => {
    const { directory, store } = await savedStore();
    await rename(directory, `${directory}.gone`);
    await store.save(at(2));
    expect(await loaded(directory)).toStrictEqual(at(2));
    await rm(directory, { recursive: true });
    await rename(`${directory}.gone`, directory);
    expect(await store.save(at(2))).toBe(true);
    expect(await loaded(directory)).toStrictEqual(at(2));
  });

  test('the directory is removed: what has not changed is written again', async () => {
    const { directory, store } = await savedStore();
    await rm(directory, { recursive: true });
    expect(await store.save(at(1))).toBe(true);
    expect(await loaded(directory)).toStrictEqual(at(1));
  });

  test('the file is written to by others: what has not changed is written again', async () => {
    const { directory, store } = await savedStore();
    writeFileSync(join(directory, CURRENT), 'something else');
    expect(await store.save(at(1))).toBe(true);
    expect(await loaded(directory)).toStrictEqual(at(1));
  });

  test.each([CURRENT, PREVIOUS, NEXT])('a directory takes the place of %s: one save fails, the next one is whole', async (name) => {
    const { directory, store } = await savedStore();
    await store.save(at(2));
    await rm(join(directory, name), { force: true });
    mkdirSync(join(directory, name, 'full'), { recursive: true });
    await expect(store.save(at(3))).rejects.toMatchObject({ code: expect.stringMatching(/^(EISDIR|ENOTDIR)$/) as string });
    await store.save(at(4));
    expect(await loaded(directory)).toStrictEqual(at(4));
    expect(statSync(join(directory, `${name}.corrupt`, 'full')).isDirectory()).toBe(true);
  });
});

describe.skipIf(!mayMount())('with file systems of their own', () => {
  /** Pages of 4 KiB: one for each generation, one for the next one, and one to fill. */
  const TINY = '16k';

  test('a full disk: the save fails, what was saved before stays, and the next one succeeds when there is room', async () => {
    const directory = await stateDir();
    mkdirSync(directory);
    using _ = Mount.tmpfs(directory, TINY);
    const store = new CheckpointStore(directory);
    for (const offset of [1, 2]) await store.save(at(offset));
    writeFileSync(join(directory, 'filler'), 'x'.repeat(4 * 1024));
    const before = readdirSync(directory).map((name) => readFileSync(join(directory, name), 'utf8'));
    const many = at(3, Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`source ${i}`, positionAt(i)])));
    await expect(store.save(many)).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(readdirSync(directory).map((name) => readFileSync(join(directory, name), 'utf8'))).toStrictEqual(before);
    expect(await loaded(directory)).toStrictEqual(at(2));
    await rm(join(directory, 'filler'));
    expect(await store.save(at(3))).toBe(true);
    expect(await loaded(directory)).toStrictEqual(at(3));
  });

  test('read-only, even for root: what is in it is used, and saves succeed when it may be written to', async () => {
    const { directory } = await savedStore();
    writeFileSync(join(directory, PREVIOUS), 'bad');
    using mount = Mount.readOnly(directory);
    const store = new CheckpointStore(directory);
    const { checkpoints, findings } = await store.load();
    expect(checkpoints).toStrictEqual(at(1));
    expect(findings).toMatchObject([{ kind: 'corrupt', setAside: null }]);
    await expect(store.save(at(2))).rejects.toMatchObject({ code: 'EROFS' });
    mount.unmount();
    await store.save(at(2));
    expect(await loaded(directory)).toStrictEqual(at(2));
    expect(readFileSync(join(directory, `${PREVIOUS}.corrupt`), 'utf8')).toBe('bad');
  });

  test('unmounted and mounted again: positions go to where the directory is', async () => {
    const directory = await stateDir();
    mkdirSync(directory);
    using mount = Mount.tmpfs(directory, TINY);
    const store = new CheckpointStore(directory);
    await store.save(at(1));
    mount.unmount();
    expect(await store.save(at(1))).toBe(true);
    mount.mount();
    expect(await store.save(at(1))).toBe(true);
    expect(await loaded(directory)).toStrictEqual(at(1));
  });
});
