import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { formatCheckpoints } from '../../agent/checkpoint/checkpoint-document.ts';
import { CheckpointStore } from '../../agent/checkpoint/checkpoint-store.ts';
import { at, CURRENT, NEXT, positionAt, PREVIOUS, SOURCE, stateDir } from './some-checkpoints.ts';

const NONE = { startedMs: null, imported: [], outputs: {} };
const LOST = { ...NONE, startedMs: 0 };

/** A state directory with these files in it. */
async function directoryOf(files: Readonly<Record<string, string>>): Promise<string> {
  const directory = await stateDir();
  await mkdir(directory);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  return directory;
}

function inDirectory(directory: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(directory)
      .sort()
      .map((name) => [name, readFileSync(join(directory, name), 'utf8')]),
  );
}

/** A document as one with another idea of positions would write it. */
function documentOf(sources: object): string {
  const state = JSON.stringify({ started_ms: 5, imported: [], outputs: { loki: sources } });
  return `{"version":2,"crc32":${crc32(state)},"state":${state}}\n`;
}

describe('saving', () => {
  test('I8 what was saved is what is loaded, from a directory made on the way', async () => {
    const directory = await stateDir();
    const store = new CheckpointStore(directory);
    expect(await store.load()).toStrictEqual({ checkpoints: NONE, findings: [] });
    expect(await store.save(at(7))).toBe(true);
    expect(await new CheckpointStore(directory).load()).toStrictEqual({ checkpoints: at(7), findings: [] });
    expect([statSync(directory).mode & 0o777, statSync(join(directory, CURRENT)).mode & 0o777]).toStrictEqual([0o700, 0o600]);
  });

  test('the generation before is kept, and nothing else', async () => {
    const directory = await stateDir();
    const store = new CheckpointStore(directory);
    for (const offset of [1, 2, 3]) await store.save(at(offset));
    expect(inDirectory(directory)).toStrictEqual({ [CURRENT]: formatCheckpoints(at(3)), [PREVIOUS]: formatCheckpoints(at(2)) });
  });

  test('a file is replaced as a whole, never written to', async () => {
    const directory = await stateDir();
    const store = new CheckpointStore(directory);
    await store.save(at(1));
    const { ino } = statSync(join(directory, CURRENT));
    await store.save(at(2));
    expect(statSync(join(directory, CURRENT)).ino).not.toBe(ino);
    expect(statSync(join(directory, PREVIOUS)).ino).toBe(ino);
  });

  test('what has not changed is not written again', async () => {
    const directory = await stateDir();
    const store = new CheckpointStore(directory);
    await store.save(at(1));
    const { ino } = statSync(join(directory, CURRENT));
    expect(await store.save(at(1))).toBe(false);
    expect(statSync(join(directory, CURRENT)).ino).toBe(ino);
  });
});

describe('a file that cannot be used', () => {
  const good = formatCheckpoints(at(2));
  test.each([
    ['empty', '', 'not a whole checkpoint document'],
    ['cut', good.slice(0, -20), 'not a whole checkpoint document'],
    ['filled with NUL, as after a power cut', '\0'.repeat(good.length), 'not a whole checkpoint document'],
    ['changed', good.replace('"offset":2', '"offset":3'), 'checksum does not match'],
    ['of an older version', good.replace('"version":2', '"version":1'), 'version 1 is not 2'],
  ])('%s: it is set aside, and the generation before it read', async (_, text, why) => {
    const directory = await directoryOf({ [CURRENT]: text, [PREVIOUS]: formatCheckpoints(at(1)) });
    const file = join(directory, CURRENT);
    expect(await new CheckpointStore(directory).load()).toStrictEqual({
      checkpoints: at(1),
      findings: [{ kind: 'corrupt', file, why, setAside: `${file}.corrupt` }],
    });
    expect(inDirectory(directory)).toStrictEqual({ [`${CURRENT}.corrupt`]: text, [PREVIOUS]: formatCheckpoints(at(1)) });
  });

  test.each([
    ['a directory', (file: string) => mkdir(join(file, 'full'), { recursive: true }), 'not a file'],
    ['a link to what cannot be read', (file: string) => symlink('/proc/self/mem', file), 'EIO: i/o error, read'],
    ['a link in a circle', (file: string) => symlink(file, file), 'ELOOP'],
    ['a device', (file: string) => symlink('/dev/zero', file), 'not a file'],
    [
      'larger than memory',
      async (file: string) => {
        writeFileSync(file, '');
        truncateSync(file, 2 ** 40);
      },
      'larger than',
    ],
  ])('%s in its place: likewise', async (_, make, why) => {
    const directory = await directoryOf({ [PREVIOUS]: formatCheckpoints(at(1)) });
    await make(join(directory, CURRENT));
    const { checkpoints, findings } = await new CheckpointStore(directory).load();
    expect(checkpoints).toStrictEqual(at(1));
    expect(findings).toMatchObject([{ kind: 'corrupt', why: expect.stringContaining(why) as string }]);
    expect(readdirSync(directory).sort()).toStrictEqual([`${CURRENT}.corrupt`, PREVIOUS]);
  });

  test('the newest one set aside is kept, however many there were', async () => {
    const directory = await directoryOf({ [PREVIOUS]: 'bad 0' });
    for (let n = 1; n < 5; n += 1) {
      if (n % 2 === 0) writeFileSync(join(directory, CURRENT), `bad ${n}`);
      else await mkdir(join(directory, CURRENT, `bad ${n}`), { recursive: true });
      await new CheckpointStore(directory).load();
    }
    expect(inDirectory(directory)).toStrictEqual({ [`${CURRENT}.corrupt`]: 'bad 4', [`${PREVIOUS}.corrupt`]: 'bad 0' });
  });

  test('it is also found when it is not the newest, before a save would throw it away', async () => {
    const directory = await directoryOf({ [CURRENT]: formatCheckpoints(at(2)), [PREVIOUS]: 'bad' });
    const { checkpoints, findings } = await new CheckpointStore(directory).load();
    expect(checkpoints).toStrictEqual(at(2));
    expect(findings).toMatchObject([{ kind: 'corrupt', file: join(directory, PREVIOUS) }]);
  });

  test('no generation can be used: reading starts anew, and it is known that this is no first start, now and later', async () => {
    const directory = await directoryOf({ [CURRENT]: '{', [PREVIOUS]: '{' });
    const lost = { kind: 'lost', directory };
    const { checkpoints, findings } = await new CheckpointStore(directory).load();
    expect(checkpoints).toStrictEqual(LOST);
    expect(findings).toMatchObject([{ kind: 'corrupt' }, { kind: 'corrupt' }, lost]);
    const store = new CheckpointStore(directory);
    expect(await store.load()).toStrictEqual({ checkpoints: LOST, findings: [lost] });
    await store.save(LOST);
    expect((await new CheckpointStore(directory).load()).checkpoints).toStrictEqual(LOST);
  });

  test('a directory with dead letters alone never had a checkpoint', async () => {
    const directory = await directoryOf({ 'dead-letters.loki.jsonl': '{}' });
    expect(await new CheckpointStore(directory).load()).toStrictEqual({ checkpoints: NONE, findings: [] });
  });
});

describe('a file of a newer version', () => {
  const newer = '{"version":9,"state":"of a form that nobody knows yet"}';

  test('is kept under a name of its own, and a generation of ours read', async () => {
    const directory = await directoryOf({ [CURRENT]: newer, [PREVIOUS]: formatCheckpoints(at(1)) });
    const file = join(directory, CURRENT);
    const store = new CheckpointStore(directory);
    expect(await store.load()).toStrictEqual({
      checkpoints: at(1),
      findings: [{ kind: 'newer', version: 9, file, setAside: `${file}.v9` }],
    });
    for (const offset of [2, 3, 4]) await store.save(at(offset));
    expect(readFileSync(`${file}.v9`, 'utf8')).toBe(newer);
  });

  test('is kept wherever it stands', async () => {
    const directory = await directoryOf({ [CURRENT]: newer, [PREVIOUS]: newer, [NEXT]: newer });
    const store = new CheckpointStore(directory);
    const { checkpoints, findings } = await store.load();
    expect(checkpoints).toStrictEqual(LOST);
    expect(findings.map(({ kind }) => kind)).toStrictEqual(['newer', 'newer', 'newer', 'lost']);
    for (const offset of [2, 3, 4]) await store.save(at(offset));
    expect(inDirectory(directory)).toMatchObject({ [`${CURRENT}.v9`]: newer, [`${PREVIOUS}.v9`]: newer, [`${NEXT}.v9`]: newer });
  });
});

describe('a position that cannot be used', () => {
  test('is that of the generation before, and the others stay as they are', async () => {
    const bad = documentOf({ [SOURCE]: 'of another shape', good: positionAt(2), lost: null });
    const directory = await directoryOf({ [CURRENT]: bad, [PREVIOUS]: formatCheckpoints(at(1, { good: positionAt(1) })) });
    expect(await new CheckpointStore(directory).load()).toStrictEqual({
      checkpoints: { startedMs: 5, imported: [], outputs: { loki: { good: positionAt(2), [SOURCE]: positionAt(1) } } },
      findings: [
        { kind: 'recovered', sources: [['loki', SOURCE]] },
        { kind: 'dropped', sources: [['loki', 'lost']] },
      ],
    });
    expect(readdirSync(directory)).toHaveLength(2);
  });

  test('is dropped where no generation has it, even by a name that every object has', async () => {
    const directory = await directoryOf({ [CURRENT]: documentOf({ constructor: 1 }), [PREVIOUS]: documentOf({ constructor: 2 }) });
    const { checkpoints, findings } = await new CheckpointStore(directory).load();
    expect(checkpoints.outputs).toStrictEqual({ loki: {} });
    expect(findings).toStrictEqual([{ kind: 'dropped', sources: [['loki', 'constructor']] }]);
  });
});
