import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const DOCUMENT = readFileSync(join(ROOT, 'docs/security.md'), 'utf8');
/** Cells of its tables that name a test: a file and a title, or the end of one. */
const NAMED = [...DOCUMENT.matchAll(/`(test\/\S+\.test\.ts)`: (.+?) *\|$/gm)].map(([, file = '', title = '']) => ({ file, title }));

test('docs/security.md names a test for each guard', () => {
  const rows = DOCUMENT.slice(DOCUMENT.indexOf('## The pod'))
    .split('\n')
    .filter((line) => /^\| (?!-|attack|   +\| {2,}\| held by)/.test(line));
  expect(NAMED.length).toBeGreaterThan(25);
  expect(NAMED).toHaveLength(rows.length);
});

test.each(NAMED)('$file: $title', ({ file, title }) => {
  const titles = [...readFileSync(join(ROOT, file), 'utf8').matchAll(/(?:test|\))\(\s*['"`](.*)['"`],\s+(?:async )?\(/g)].map(
    ([, text]) => text!,
  );
  expect(titles.filter((text) => text.endsWith(title))).toHaveLength(1);
});

test('each file of test/security holds some guard', () => {
  const named = new Set(NAMED.map(({ file }) => file));
  expect(globSync('test/security/*.test.ts', { cwd: ROOT }).filter((file) => !named.has(file))).toStrictEqual([]);
});
