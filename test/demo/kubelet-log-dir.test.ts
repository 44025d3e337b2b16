import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type KubeletOptions, KubeletLogDir, type RunningContainer } from '../../agent/demo/kubelet-log-dir.ts';
import { compressRotated, deleteOldest, renameLive } from '../../agent/demo/kubelet-rotation.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { tempDir } from '../support/temp-dir.ts';

const NAMES = { namespace: 'shop', pod: 'cart-7d4', container: 'app' };
/** The fake clock's start, 2024-05-01T12:00:00Z. */
const STAMP = '2024-05-01T12:00:00Z stdout';

async function kubelet(options: KubeletOptions = {}) {
  const dir = await tempDir();
  const clock = new FakeClock();
  const logs = new KubeletLogDir(join(dir.path, 'log'), { clock, ...options });
  return {
    clock,
    logs,
    async [Symbol.asyncDispose]() {
      logs[Symbol.dispose]();
      await dir[Symbol.asyncDispose]();
    },
  };
}

function files({ log }: RunningContainer): string[] {
  return readdirSync(dirname(log.path)).sort();
}

function read(path: string): string {
  return readFileSync(path, 'utf8');
}

describe('names', () => {
  test('a pod directory, a log per attempt, an absolute link with the id', async () => {
    await using node = await kubelet();
    const first = node.logs.start({ ...NAMES, uid: 'u-1' });
    expect(first.log.path).toBe(join(node.logs.path, 'pods/shop_cart-7d4_u-1/app/0.log'));
    expect(first.link).toBe(join(node.logs.path, `containers/cart-7d4_shop_app-${first.id}.log`));
    expect(first.id).toMatch(/^[0-9a-f]{64}$/);
    expect(readlinkSync(first.link)).toBe(first.log.path);
    expect(statSync(first.log.path).mode & 0o777).toBe(0o640);
    const second = node.logs.restart(first);
    expect(files(second)).toStrictEqual(['0.log', '1.log']);
    expect(second.id).not.toBe(first.id);
    expect(readdirSync(join(node.logs.path, 'containers'))).toHaveLength(2);
  });

  test('a link that would be too long loses the end of its id', async () => {
    await using node = await kubelet();
    const { link, id } = node.logs.start({ namespace: 'n'.repeat(63), pod: 'p'.repeat(100), container: 'c'.repeat(60) });
    expect(basename(link)).toHaveLength(255);
    expect(basename(link)).toBe(`${'p'.repeat(100)}_${'n'.repeat(63)}_${'c'.repeat(60)}-${id.slice(0, 25)}.log`);
  });

  test('a link may come late', async () => {
    await using node = await kubelet();
    const container = node.logs.startUnlinked(NAMES);
    container.log.print('first\n');
    expect(existsSync(container.link)).toBe(false);
    node.logs.link(container);
    expect(read(container.link)).toBe(`${STAMP} F first\n`);
  });
});

describe('rotation', () => {
  test('step by step: renamed, still growing, reopened, and the open line flushed late into the old file', async () => {
    await using node = await kubelet();
    const container = node.logs.start(NAMES);
    const { log } = container;
    log.print('one\n');
    const renamed = renameLive(log.path, node.clock.now());
    expect(files(container)).toStrictEqual(['0.log.20240501-120000']);
    expect(existsSync(container.link)).toBe(false);
    log.print('two\nopen ');
    log.openNext();
    expect(files(container)).toStrictEqual(['0.log', '0.log.20240501-120000']);
    log.print('end\n');
    expect(read(renamed)).toBe(`${STAMP} F one\n2024-05-01T12:00:00.000000001Z stdout F two\n`);
    log.closeOld();
    expect(read(renamed)).toBe(
      `${STAMP} F one\n2024-05-01T12:00:00.000000001Z stdout F two\n2024-05-01T12:00:00.000000002Z stdout P open \n`,
    );
    expect(read(log.path)).toBe('2024-05-01T12:00:00.000000002Z stdout F end\n');
  });

  test('five rotations leave the live file, a plain one and three compressed ones', async () => {
    await using node = await kubelet();
    const container = node.logs.start(NAMES);
    for (let rotation = 0; rotation < 6; rotation++) {
      container.log.print(`in file ${rotation}\n`);
      container.log.rotate();
      await node.clock.advance(60_000);
    }
    expect(files(container)).toStrictEqual([
      '0.log',
      '0.log.20240501-120200.gz',
      '0.log.20240501-120300.gz',
      '0.log.20240501-120400.gz',
      '0.log.20240501-120500',
    ]);
    const compressed = readFileSync(`${container.log.path}.20240501-120300.gz`);
    expect(gunzipSync(compressed).toString()).toBe('2024-05-01T12:03:00Z stdout F in file 3\n');
  });

  test('with two files there is never a compressed one', async () => {
    await using node = await kubelet({ maxFiles: 2 });
    const container = node.logs.start(NAMES);
    for (let rotation = 0; rotation < 3; rotation++) {
      container.log.rotate();
      await node.clock.advance(3_000);
    }
    expect(files(container)).toStrictEqual(['0.log', '0.log.20240501-120006']);
  });

  test('rotations within a second do not overwrite each other', async () => {
    await using node = await kubelet();
    const container = node.logs.start(NAMES);
    for (let rotation = 0; rotation < 3; rotation++) container.log.rotate();
    expect(files(container)).toStrictEqual(['0.log', '0.log.20240501-120000.gz', '0.log.20240501-120001.gz', '0.log.20240501-120002']);
  });

  test('an exit right after the rename: no new file ever comes', async () => {
    await using node = await kubelet();
    const container = node.logs.start(NAMES);
    renameLive(container.log.path, node.clock.now());
    container.log.print('tail');
    node.logs.stop(container);
    expect(files(container)).toStrictEqual(['0.log.20240501-120000']);
    expect(read(`${container.log.path}.20240501-120000`)).toBe(`${STAMP} P tail\n`);
  });

  test('steps 1 to 3 on their own', async () => {
    await using node = await kubelet({ maxFiles: 4 });
    const container = node.logs.start(NAMES);
    const { log } = container;
    for (let rotation = 0; rotation < 3; rotation++) {
      renameLive(log.path, node.clock.now());
      log.reopen();
    }
    deleteOldest(log.path, 4);
    expect(files(container)).toStrictEqual(['0.log', '0.log.20240501-120001', '0.log.20240501-120002']);
    compressRotated(log.path);
    expect(files(container)).toStrictEqual(['0.log', '0.log.20240501-120001.gz', '0.log.20240501-120002.gz']);
  });

  test('conmon: the new file replaces the name in one step, and holds nothing back', async () => {
    await using node = await kubelet({ runtime: 'conmon' });
    const container = node.logs.start(NAMES);
    container.log.print('par');
    container.log.rotate();
    container.log.print('tial\n');
    expect(files(container)).toStrictEqual(['0.log', '0.log.20240501-120000']);
    expect(read(`${container.log.path}.20240501-120000`)).toBe('2024-05-01T12:00:00.000000000+00:00 stdout P par\n');
    expect(read(container.log.path)).toBe('2024-05-01T12:00:00.000000000+00:00 stdout F tial\n');
  });
});

describe('docker', () => {
  test('the log is a second link, and rotation moves numbers up', async () => {
    await using node = await kubelet({ runtime: 'docker', maxFiles: 3 });
    const { log, link, id } = node.logs.start(NAMES);
    expect(lstatSync(log.path).isSymbolicLink()).toBe(true);
    expect(readlinkSync(log.path)).toBe(join(node.logs.path, `docker/containers/${id}/${id}-json.log`));
    for (const line of ['a', 'b', 'c', 'd']) {
      log.print(`${line}\n`);
      if (line !== 'd') log.rotate();
    }
    expect(readdirSync(dirname(log.file)).sort()).toStrictEqual([`${id}-json.log`, `${id}-json.log.1`, `${id}-json.log.2`]);
    expect(read(link)).toBe('{"log":"d\\n","stream":"stdout","time":"2024-05-01T12:00:00.000000003Z"}\n');
    expect(read(`${log.file}.2`)).toBe('{"log":"b\\n","stream":"stdout","time":"2024-05-01T12:00:00.000000001Z"}\n');
  });
});

describe('removal', () => {
  test('a container goes with all its files and its link, its neighbours stay', async () => {
    await using node = await kubelet();
    const first = node.logs.start(NAMES);
    first.log.rotate();
    const second = node.logs.restart(first);
    node.logs.removeContainer(first);
    expect(files(second)).toStrictEqual(['1.log']);
    expect(readdirSync(join(node.logs.path, 'containers'))).toStrictEqual([basename(second.link)]);
  });

  test('a pod goes with its containers and their links', async () => {
    await using node = await kubelet();
    const container = node.logs.start(NAMES);
    node.logs.start({ ...NAMES, container: 'sidecar' });
    const other = node.logs.start({ ...NAMES, pod: 'cart-7d4-2' });
    node.logs.removePod(container);
    expect(readdirSync(join(node.logs.path, 'pods'))).toStrictEqual([`shop_cart-7d4-2_${other.names.uid}`]);
    expect(readdirSync(join(node.logs.path, 'containers'))).toStrictEqual([basename(other.link)]);
    expect(() => container.log.print('late\n')).toThrow('is closed');
  });
});
