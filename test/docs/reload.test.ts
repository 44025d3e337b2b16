import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { CHANGE_CLASSES, type ChangeClass, OUTPUT_CHANGE_CLASSES } from '../../agent/reload/change-classes.ts';

const ROOT = join(import.meta.dirname, '../..');
const text = readFileSync(join(ROOT, 'docs/reload.md'), 'utf8');

/** What rows of the table say of keys, by a word of theirs. */
function keysOfRow(word: string): string[] {
  const row = text.split('\n').find((line) => line.startsWith('| `') && line.includes(word)) ?? '';
  const names = [...row.split('|')[1]!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!);
  let prefix = '';
  return names.map((name) => {
    const [head, ...rest] = name.split('.');
    if (rest.length > 0) prefix = `${head}.`;
    else if (name in CHANGE_CLASSES) prefix = '';
    return rest.length > 0 || prefix === '' ? name : prefix + name;
  });
}

function keysOf(wanted: ChangeClass): string[] {
  const own = Object.entries(CHANGE_CLASSES).filter(([, changeClass]) => changeClass === wanted);
  const ofOutputs = Object.entries(OUTPUT_CHANGE_CLASSES).filter(([, changeClass]) => changeClass === wanted);
  return [...own.map(([key]) => key), ...ofOutputs.map(([key]) => `outputs[].${key}`)].sort();
}

test.each<[ChangeClass, string]>([
  ['handling', 'handled anew'],
  ['destination', 'the next request goes there'],
  ['part', 'stops reading'],
  ['agent', 'at once'],
  ['nothing', 'nothing:'],
  ['restart', 'from the next start on'],
])('docs/reload.md names the keys of %s', (changeClass, word) => {
  expect(keysOfRow(word).sort()).toStrictEqual(keysOf(changeClass));
});

test('the chart restarts its pods for the keys that need it', () => {
  const template = readFileSync(join(ROOT, 'manifests/chart/templates/daemonset.yaml'), 'utf8');
  const picks = /checksum\/restart: (.*)/.exec(template)?.[1] ?? '';
  const groups = [...picks.matchAll(/\(pick \(?\$config(?:\.(\w+))?[^"]*((?:"\w+" ?)+)\)/g)];
  const keys = groups.flatMap(([, section, names]) =>
    [...names!.matchAll(/"(\w+)"/g)].map(([, name]) => (section === undefined ? name! : `${section}.${name}`)),
  );
  expect(keys.sort()).toStrictEqual(keysOf('restart'));
});
