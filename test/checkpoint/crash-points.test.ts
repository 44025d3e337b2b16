import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { formatCheckpoints } from '../../agent/checkpoint/checkpoint-document.ts';
import { CheckpointStore } from '../../agent/checkpoint/checkpoint-store.ts';
import { replaceGeneration } from '../../agent/checkpoint/replace-generation.ts';
import { at, CURRENT, NEXT, PREVIOUS, stateDir } from './some-checkpoints.ts';

const STEPS = 4;
/** What a crash may leave of a file that was being written and was not yet durable. */
const TORN = ['', '{"version":2', '\0'.repeat(500), formatCheckpoints(at(9)).slice(0, -1)];

/** Begins to replace the current generation and is killed after `steps` of the steps. */
async function crashAfter(directory: string, steps: number, offset: number): Promise<void> {
  mkdirSync(directory, { recursive: true });
  for (const step of replaceGeneration(directory, formatCheckpoints(at(offset))).slice(0, steps)) await step();
}

async function loadedOffset(directory: string): Promise<number | undefined> {
  const { checkpoints, findings } = await new CheckpointStore(directory).load();
  expect(findings).toStrictEqual([]);
  return [0, 1, 2, 3, 4].find((offset) => formatCheckpoints(at(offset)) === formatCheckpoints(checkpoints));
}

async function savedTwice(): Promise<string> {
  const directory = await stateDir();
  const store = new CheckpointStore(directory);
  for (const offset of [1, 2]) await store.save(at(offset));
  return directory;
}

describe('I8 kill -9 while a checkpoint is written', () => {
  test('there are as many steps as these tests know of', () => {
    expect(replaceGeneration('/', '')).toHaveLength(STEPS);
  });

  test('before any step: the generation that was current', async () => {
    expect(await loadedOffset(await savedTwice())).toBe(2);
  });

  test.each(TORN)('inside the write, with %j left of it: the generation that was current', async (torn) => {
    const directory = await savedTwice();
    writeFileSync(join(directory, NEXT), torn);
    expect(await loadedOffset(directory)).toBe(2);
    await new CheckpointStore(directory).save(at(3));
    expect(readdirSync(directory).sort()).toStrictEqual([CURRENT, PREVIOUS]);
    expect(await loadedOffset(directory)).toBe(3);
  });

  test.each(Array.from({ length: STEPS }, (_, n) => n + 1))('after step %i: the new generation', async (steps) => {
    const directory = await savedTwice();
    await crashAfter(directory, steps, 3);
    expect(await loadedOffset(directory)).toBe(3);
    expect(readFileSync(join(directory, PREVIOUS), 'utf8')).toBe(formatCheckpoints(at(2)));
    expect(readdirSync(directory).sort()).toStrictEqual([CURRENT, PREVIOUS]);
  });

  const starts = Array.from({ length: STEPS + 1 }, (_, steps) => steps);
  const twice = starts.flatMap((first) => starts.map((second) => [first, second] as const));
  test.each(twice)('after step %i, and after step %i of the first save of the next start: nothing goes back', async (first, second) => {
    const directory = await savedTwice();
    await crashAfter(directory, first, 3);
    const loaded = await loadedOffset(directory);
    await crashAfter(directory, second, 4);
    expect(await loadedOffset(directory)).toBe(second === 0 ? loaded : 4);
  });

  const torn = starts.flatMap((first) => TORN.map((left) => [first, left] as const));
  test.each(torn)('after step %i, and inside the first write of the next start, with %j left: nothing goes back', async (first, left) => {
    const directory = await savedTwice();
    await crashAfter(directory, first, 3);
    const loaded = await loadedOffset(directory);
    writeFileSync(join(directory, NEXT), left);
    expect(await loadedOffset(directory)).toBe(loaded);
  });

  test.each([1, 2, 3, 4])('of the first checkpoint ever, after step %i: it is there', async (steps) => {
    const directory = await stateDir();
    await crashAfter(directory, steps, 1);
    expect(await loadedOffset(directory)).toBe(1);
  });

  test('of the first checkpoint ever, inside the write: it is known that this is no first start', async () => {
    const directory = await stateDir();
    mkdirSync(directory);
    writeFileSync(join(directory, NEXT), TORN[1]!);
    const { checkpoints, findings } = await new CheckpointStore(directory).load();
    expect(checkpoints).toMatchObject({ startedMs: 0, outputs: {} });
    expect(findings).toStrictEqual([{ kind: 'lost', directory }]);
  });

  test('with the current generation corrupt as well: the new one, and of the old ones what is whole', async () => {
    const directory = await savedTwice();
    writeFileSync(join(directory, CURRENT), '');
    await crashAfter(directory, 1, 3);
    const { checkpoints, findings } = await new CheckpointStore(directory).load();
    expect(checkpoints).toStrictEqual(at(3));
    expect(findings).toMatchObject([{ kind: 'corrupt', file: join(directory, CURRENT) }]);
    expect(readFileSync(join(directory, CURRENT), 'utf8')).toBe(formatCheckpoints(at(3)));
    expect(readFileSync(join(directory, PREVIOUS), 'utf8')).toBe(formatCheckpoints(at(1)));
  });
});
