import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CHECKS } from '../../agent/audit/finding.ts';

test('docs/audit.md has a row for every check, and no other', () => {
  const document = readFileSync(join(import.meta.dirname, '../../docs/audit.md'), 'utf8');
  const rows = [...document.matchAll(/^\| `([a-z-]+)` +\| (?:error|warning)/gm)].map(([, check]) => check!);
  expect(rows.toSorted()).toStrictEqual(Object.keys(CHECKS).sort());
});
