import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
/** What reads a configuration, and is left behind with the process that has done so: 27 MB of memory together. */
const LEFT_BEHIND = ['zod', 'yaml'];
/** An import or export of values: types alone are gone when the agent runs. */
const VALUES = /^(?:import|export) (?!type )(?:[^'";]* from )?'([^']+)'/gm;

/** Files and packages that are loaded together with a file, each with the way that leads there. */
function loadedWith(entry: string): Map<string, string> {
  const ways = new Map([[entry, relative(ROOT, entry)]]);
  for (const [file, way] of ways) {
    if (!file.endsWith('.ts')) continue;
    for (const [statement, name = ''] of readFileSync(file, 'utf8').matchAll(VALUES)) {
      if (/^import \{(?:\s*type [^,}]+,?)+\s*\}/.test(statement)) continue;
      const next = name.startsWith('.') ? join(dirname(file), name) : name;
      if (!ways.has(next)) ways.set(next, `${way} > ${name}`);
    }
  }
  return ways;
}

test('what the running agent loads at its start reads no configuration', () => {
  const ways = loadedWith(join(ROOT, 'agent/commands/run.ts'));
  expect(ways.size).toBeGreaterThan(100);
  expect(LEFT_BEHIND.flatMap((name) => ways.get(name) ?? [])).toStrictEqual([]);
  expect(loadedWith(join(ROOT, 'agent/commands/check.ts')).get('zod')).toBeDefined();
});
