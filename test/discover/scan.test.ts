import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { KubeletLogDir, type KubeletOptions } from '../../agent/demo/kubelet-log-dir.ts';
import { renameLive } from '../../agent/demo/kubelet-rotation.ts';
import { scan } from '../../agent/discover/scan.ts';
import { tempDir } from '../support/temp-dir.ts';

const CART = { namespace: 'shop', pod: 'cart-7d4', container: 'app', uid: 'u-1' };

async function kubelet(options: KubeletOptions = {}): Promise<KubeletLogDir> {
  const dir = await tempDir();
  const logs = new KubeletLogDir(join(dir.path, 'log'), options);
  onTestFinished(async () => {
    logs[Symbol.dispose]();
    await dir[Symbol.asyncDispose]();
  });
  return logs;
}

function ids(logs: KubeletLogDir): string[] {
  return scan(logs.path)
    .sources.map(({ id }) => id)
    .sort();
}

describe(scan, () => {
  test('names come from the path, the container id from the link', async () => {
    const logs = await kubelet();
    const { id, log } = logs.start(CART);
    expect(scan(logs.path)).toStrictEqual({
      sources: [{ ...CART, id: 'shop_cart-7d4_u-1/app/0', attempt: 0, containerId: id, path: log.path }],
      strayLinks: [],
      failures: [],
    });
  });

  test('a log without a link is found all the same', async () => {
    const logs = await kubelet();
    const container = logs.startUnlinked(CART);
    expect(scan(logs.path).sources).toMatchObject([{ id: 'shop_cart-7d4_u-1/app/0', containerId: '' }]);
    logs.link(container);
    expect(scan(logs.path).sources).toMatchObject([{ containerId: container.id }]);
  });

  test('every attempt is a source of its own, with its own container id', async () => {
    const logs = await kubelet();
    const first = logs.start(CART);
    const second = logs.restart(first);
    expect(scan(logs.path).sources).toMatchObject([
      { attempt: 0, containerId: first.id },
      { attempt: 1, containerId: second.id },
    ]);
  });

  test('a name that was cut to 255 bytes still leads to its log', async () => {
    const logs = await kubelet();
    logs.start({ namespace: 'n'.repeat(63), pod: 'p'.repeat(100), container: 'c'.repeat(60) });
    expect(scan(logs.path).sources).toMatchObject([{ container: 'c'.repeat(60), containerId: '' }]);
  });

  test('a log is there between rename and reopen', async () => {
    const logs = await kubelet();
    const { log } = logs.start(CART);
    renameLive(log.path, 0);
    expect(ids(logs)).toStrictEqual(['shop_cart-7d4_u-1/app/0']);
  });

  test('relative links, and links through a mount of another name', async () => {
    const logs = await kubelet();
    logs.startUnlinked(CART);
    const hex = 'ab'.repeat(32);
    symlinkSync('../pods/shop_cart-7d4_u-1/app/0.log', join(logs.path, `containers/cart-7d4_shop_app-${hex}.log`));
    expect(scan(logs.path).sources).toMatchObject([{ containerId: hex }]);
    symlinkSync('/mnt/pods/shop_cart-7d4_u-1/app/0.log', join(logs.path, `containers/zz-${'cd'.repeat(32)}.log`));
    expect(scan(logs.path).sources).toMatchObject([{ containerId: 'cd'.repeat(32) }]);
  });

  test('Docker: the log is a link itself', async () => {
    const logs = await kubelet({ runtime: 'docker' });
    const { id } = logs.start(CART);
    expect(scan(logs.path).sources).toMatchObject([{ id: 'shop_cart-7d4_u-1/app/0', containerId: id }]);
  });

  test('a link that leads to no log is named, none is followed', async () => {
    const logs = await kubelet();
    const planted = join(logs.path, 'containers/evil_default_app.log');
    symlinkSync('/etc/shadow', planted);
    writeFileSync(join(logs.path, 'containers/no-link.log'), '');
    expect(scan(logs.path)).toStrictEqual({ sources: [], strayLinks: [planted], failures: [] });
  });

  test('what is no pod directory is passed over', async () => {
    const logs = await kubelet();
    logs.start(CART);
    writeFileSync(join(logs.path, 'pods/file'), '');
    writeFileSync(join(logs.path, 'pods/shop_cart-7d4_u-1/file'), '');
    mkdirSync(join(logs.path, 'pods/lost+found/app'), { recursive: true });
    writeFileSync(join(logs.path, 'pods/lost+found/app/0.log'), '');
    expect(ids(logs)).toStrictEqual(['shop_cart-7d4_u-1/app/0']);
  });

  test('no directories yet: nothing, and no failure', async () => {
    const logs = await kubelet();
    rmSync(logs.path, { recursive: true });
    expect(scan(logs.path)).toStrictEqual({ sources: [], strayLinks: [], failures: [] });
  });

  test('a directory that cannot be read is named, its neighbours are found', async () => {
    const logs = await kubelet();
    logs.start(CART);
    const bad = join(logs.path, 'pods/shop_loop_u-2');
    symlinkSync(bad, bad);
    const { sources, failures } = scan(logs.path);
    expect([sources.map(({ id }) => id), failures]).toStrictEqual([['shop_cart-7d4_u-1/app/0'], [{ path: bad, code: 'ELOOP' }]]);
  });
});
