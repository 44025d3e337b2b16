import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Checkpoints, CheckpointStore } from '../../agent/checkpoint/checkpoint-store.ts';
import { type ChannelPosition, INITIAL_STATE } from '../../agent/model/position.ts';
import { tempDir } from '../support/temp-dir.ts';

const CURRENT = 'checkpoints.json';
const PREVIOUS = 'checkpoints.previous.json';

async function stateDir(): Promise<string> {
  const dir = await tempDir();
  onTestFinished(() => dir[Symbol.asyncDispose]());
  return join(dir.path, 'state');
}

function at(offset: number): Checkpoints {
  const channel: ChannelPosition = {
    file: { dev: '2049', ino: '18446744073709551615' },
    fingerprint: { bytes: 1024, hash: 'c0ffee' },
    offset,
    record: null,
    state: INITIAL_STATE,
  };
  const open = { ...channel, record: { channel: 1, partial: true, malformed: false, escaped: false, time: [1, 2] } } as const;
  return {
    loki: {
      'shop_cart_u-1/app/0': [
        channel,
        { ...open, state: { runStart: [1, 2], runEnd: [1, 3], line: { time: [1, 2], pieces: 1, bytes: 9 } } },
      ],
    },
  };
}

/** A file that is whole but for what is in it. */
function documentOf(outputs: unknown, version = 1): string {
  return JSON.stringify({ version, crc32: crc32(JSON.stringify(outputs)), outputs });
}

describe(CheckpointStore, () => {
  test('I8 what was saved is what is loaded, from a directory made on the way', async () => {
    const directory = await stateDir();
    const store = new CheckpointStore(directory);
    expect(await store.load()).toMatchObject({ checkpoints: {}, tried: [{ kind: 'absent' }, { kind: 'absent' }] });
    expect(await store.save(at(7))).toBe(true);
    expect((await new CheckpointStore(directory).load()).checkpoints).toStrictEqual(at(7));
    expect([statSync(directory).mode & 0o777, statSync(join(directory, CURRENT)).mode & 0o777]).toStrictEqual([0o700, 0o600]);
  });

  test('the form on disk: a version and a checksum before the positions', async () => {
    const directory = await stateDir();
    const store = new CheckpointStore(directory);
    await store.load();
    await store.save({ loki: {} });
    expect(readFileSync(join(directory, CURRENT), 'utf8')).toBe('{"version":1,"crc32":552392886,"outputs":{"loki":{}}}\n');
  });

  test('the generation before is kept, and nothing else', async () => {
    const directory = await stateDir();
    const store = new CheckpointStore(directory);
    await store.load();
    for (const offset of [1, 2, 3]) await store.save(at(offset));
    expect(readdirSync(directory).sort()).toStrictEqual([CURRENT, PREVIOUS]);
    expect(JSON.parse(readFileSync(join(directory, PREVIOUS), 'utf8'))).toMatchObject({ outputs: at(2) });
  });

  test('a file is replaced as a whole, never written to', async () => {
    const directory = await stateDir();
    const store = new CheckpointStore(directory);
    await store.load();
    await store.save(at(1));
    const { ino } = statSync(join(directory, CURRENT));
    await store.save(at(2));
    expect(statSync(join(directory, CURRENT)).ino).not.toBe(ino);
    expect(statSync(join(directory, PREVIOUS)).ino).toBe(ino);
  });

  test('what has not changed is not written again', async () => {
    const directory = await stateDir();
    const store = new CheckpointStore(directory);
    await store.load();
    await store.save(at(1));
    const { ino } = statSync(join(directory, CURRENT));
    expect(await store.save(at(1))).toBe(false);
    expect(statSync(join(directory, CURRENT)).ino).toBe(ino);
  });

  test('I8 a crash between the two renames leaves the generation before', async () => {
    const directory = await stateDir();
    const store = new CheckpointStore(directory);
    await store.load();
    await store.save(at(1));
    await rename(join(directory, CURRENT), join(directory, PREVIOUS));
    writeFileSync(join(directory, `${CURRENT}.tmp`), 'half of it');
    expect((await new CheckpointStore(directory).load()).checkpoints).toStrictEqual(at(1));
  });

  const good = documentOf(at(2));
  test.each([
    ['empty', '', /JSON/],
    ['cut', good.slice(0, -20), /JSON/],
    ['filled with NUL, as after a power cut', '\0'.repeat(good.length), /JSON/],
    ['changed', good.replace('"offset":2', '"offset":3'), /^checksum does not match$/],
    ['of another version', documentOf(at(2), 2), /^version 2 is not 1$/],
    ['null', 'null', /^version undefined is not 1$/],
    ['of another shape', documentOf({ loki: { source: [{ offset: 1 }] } }), /^positions are not of the expected shape$/],
    ['with a negative offset', documentOf(at(-1)), /^positions are not of the expected shape$/],
    ['with a list of outputs', documentOf([]), /^positions are not of the expected shape$/],
  ])('a file that is %s is set aside, the generation before it read', async (_, text, why) => {
    const directory = await stateDir();
    await mkdir(directory);
    writeFileSync(join(directory, CURRENT), text);
    writeFileSync(join(directory, PREVIOUS), documentOf(at(1)));
    const { checkpoints, tried } = await new CheckpointStore(directory).load();
    expect(checkpoints).toStrictEqual(at(1));
    expect(tried[0]).toStrictEqual({
      kind: 'corrupt',
      file: join(directory, CURRENT),
      why: expect.stringMatching(why) as string,
      setAside: join(directory, `${CURRENT}.corrupt`),
    });
    expect(readFileSync(join(directory, `${CURRENT}.corrupt`), 'utf8')).toBe(text);
  });

  test('both generations corrupt: reading starts anew', async () => {
    const directory = await stateDir();
    await mkdir(directory);
    for (const name of [CURRENT, PREVIOUS]) writeFileSync(join(directory, name), '{');
    expect(await new CheckpointStore(directory).load()).toMatchObject({
      checkpoints: {},
      tried: [{ kind: 'corrupt' }, { kind: 'corrupt' }],
    });
  });

  test('a file that cannot even be read does not stop the agent', async () => {
    const directory = await stateDir();
    await mkdir(join(directory, CURRENT), { recursive: true });
    const { checkpoints, tried } = await new CheckpointStore(directory).load();
    expect(checkpoints).toStrictEqual({});
    expect(tried[0]).toMatchObject({ kind: 'corrupt', why: expect.stringMatching(/^EISDIR/) as string });
  });

  test('a directory that cannot be made is said at the start', async () => {
    const directory = await stateDir();
    writeFileSync(directory, '');
    await expect(new CheckpointStore(directory).load()).rejects.toMatchObject({ code: 'EEXIST' });
  });

  test('a directory that went away: the save fails, the next one is whole', async () => {
    const directory = await stateDir();
    const store = new CheckpointStore(directory);
    await store.load();
    await store.save(at(1));
    await rename(directory, `${directory}.gone`);
    await expect(store.save(at(2))).rejects.toMatchObject({ code: 'ENOENT' });
    await rename(`${directory}.gone`, directory);
    await store.save(at(2));
    expect((await new CheckpointStore(directory).load()).checkpoints).toStrictEqual(at(2));
  });
});

/** A file system of one page for each generation and no more; null where mounting is not allowed. */
async function tinyDisk(): Promise<string | null> {
  const directory = await stateDir();
  await mkdir(directory);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'logferry-test', directory], { stdio: 'ignore' });
  } catch {
    return null;
  }
  onTestFinished(() => void execFileSync('umount', [directory]));
  return directory;
}

test('a full disk: the save fails, what was saved before stays, and the next one succeeds when there is room', async ({ skip }) => {
  const directory = await tinyDisk();
  if (directory === null) skip('a tmpfs may not be mounted here');
  else await survivesFullDisk(directory);
});

async function survivesFullDisk(directory: string): Promise<void> {
  const store = new CheckpointStore(directory);
  await store.load();
  await store.save(at(1));
  writeFileSync(join(directory, 'filler'), 'x'.repeat(8 * 1024));
  const many: Checkpoints = {
    loki: Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`source ${i}`, at(2)['loki']!['shop_cart_u-1/app/0']!])),
  };
  await expect(store.save(many)).rejects.toMatchObject({ code: 'ENOSPC' });
  expect((await new CheckpointStore(directory).load()).checkpoints).toStrictEqual(at(1));
  await rm(join(directory, 'filler'));
  expect(await store.save(at(2))).toBe(true);
  expect((await new CheckpointStore(directory).load()).checkpoints).toStrictEqual(at(2));
}
