import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { tempDir } from '../../support/temp-dir.ts';
import { logTree, podLog } from './log-tree.ts';
import { PARTS, type RecordShape, SHORT, USUAL } from './record-shape.ts';

const START_MS = Date.UTC(2026, 0, 1);
const RECORD = /^(?<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z) (?:stdout|stderr) (?<tag>[FP]) .*$/;

function recordsOf(text: string): { time: string; tag: string }[] {
  expect(text.endsWith('\n')).toBe(true);
  return text
    .slice(0, -1)
    .split('\n')
    .map((line) => RECORD.exec(line)!.groups as { time: string; tag: string });
}

test.each([USUAL, SHORT, PARTS])('$name: what the tree says is what stands in it', async (shape: RecordShape) => {
  await using dir = await tempDir();
  const tree = logTree(dir.path, [{ containers: 2, bytesEach: 400_000, shape, files: 'live' }], START_MS);
  const texts = await Promise.all([0, 1].map((index) => readFile(podLog(tree.logDir, index), 'latin1')));
  const records = texts.flatMap(recordsOf);
  expect(tree.bytes).toBe(texts[0]!.length + texts[1]!.length);
  expect(tree.records).toBe(records.length);
  expect(tree.entries).toBe(records.filter(({ tag }) => tag === 'F').length);
  const times = recordsOf(texts[0]!).map(({ time }) => time);
  expect(times).toStrictEqual(times.toSorted());
});

test('records of the usual shape are 266 bytes long', () => {
  expect(USUAL.entryBytes).toBe(266);
});

test('a rotated log has its files as a kubelet leaves them, one time after the other', async () => {
  await using dir = await tempDir();
  const tree = logTree(dir.path, [{ containers: 1, bytesEach: 50_000, shape: USUAL, files: 'rotated' }], START_MS);
  const directory = dirname(podLog(tree.logDir, 0));
  const names = (await readdir(directory)).toSorted();
  expect(names).toStrictEqual(['0.log', ...[0, 1, 2].map((n) => `0.log.20260101-00000${n}.gz`), '0.log.20260101-000003']);
  const contents = await Promise.all(names.map((name) => readFile(join(directory, name))));
  const texts = contents.map((content, index) => (names[index]!.endsWith('.gz') ? gunzipSync(content) : content).toString('latin1'));
  const records = [...texts.slice(1), texts[0]!].flatMap(recordsOf);
  expect(records).toHaveLength(tree.records);
  expect(records.map(({ time }) => time)).toStrictEqual(records.map(({ time }) => time).toSorted());
});

test('a tree is found again as it is', async () => {
  await using dir = await tempDir();
  const groups = [{ containers: 1, bytesEach: 5000, shape: USUAL, files: 'live' as const }];
  const tree = logTree(dir.path, groups, START_MS);
  const before = await readFile(podLog(tree.logDir, 0));
  expect(logTree(dir.path, groups, START_MS + 1)).toStrictEqual(tree);
  expect(await readFile(podLog(tree.logDir, 0))).toStrictEqual(before);
});
