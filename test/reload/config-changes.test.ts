import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../agent/config/load.ts';
import type { Config } from '../../agent/config/schema.ts';
import { CHANGE_CLASSES, OUTPUT_CHANGE_CLASSES } from '../../agent/reload/change-classes.ts';
import { configChanges } from '../../agent/reload/config-changes.ts';
import { configJsonSchema } from '../support/write-config-schema.ts';

interface JsonSchema {
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly oneOf?: readonly JsonSchema[];
}

/** Every key by its path, those within lists left out. */
function keysOf({ properties = {}, oneOf = [] }: JsonSchema): string[] {
  const own = Object.entries(properties).flatMap(([name, schema]) => [name, ...keysOf(schema).map((path) => `${name}.${path}`)]);
  return [...new Set([...own, ...oneOf.flatMap(keysOf)])];
}

/** Those that have nothing below them. */
function leavesOf(schema: JsonSchema): string[] {
  const keys = keysOf(schema);
  return keys.filter((key) => !keys.some((other) => other.startsWith(`${key}.`)));
}

function classesOf(key: string, classes: object): string[] {
  return Object.keys(classes).filter((listed) => key === listed || key.startsWith(`${listed}.`));
}

const LOKI = { name: 'loki', type: 'loki', url: 'http://loki/push' };

function config(written: object): Config {
  const loaded = parseConfig('test', JSON.stringify({ outputs: [LOKI], ...written }), { env: {}, hostname: 'node-1' });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  return loaded.config;
}

describe('every key of the schema', () => {
  const schema = JSON.parse(configJsonSchema()) as JsonSchema;
  const output = schema.properties!['outputs']!.items!;

  test('is in exactly one class of changes', () => {
    const keys = leavesOf(schema).filter((key) => key !== 'outputs');
    expect(keys.filter((key) => classesOf(key, CHANGE_CLASSES).length !== 1)).toStrictEqual([]);
  });

  test('of an output is in exactly one class of its changes, but for its name, which tells outputs apart', () => {
    expect(leavesOf(output).filter((key) => classesOf(key, OUTPUT_CHANGE_CLASSES).length !== 1)).toStrictEqual(['name']);
  });

  test('and no other is', () => {
    expect(Object.keys(CHANGE_CLASSES).filter((key) => !keysOf(schema).includes(key))).toStrictEqual([]);
    expect(Object.keys(OUTPUT_CHANGE_CLASSES).filter((key) => !keysOf(output).includes(key))).toStrictEqual([]);
  });
});

describe(configChanges, () => {
  const none = { added: [], removed: [], rebuilt: [], redirected: [] };
  const other = { ...LOKI, name: 'other' };

  test.each<[string, object, object, Partial<ReturnType<typeof configChanges>>]>([
    ['nothing', {}, {}, { keys: [], handling: false, outputs: none }],
    ['a default that is written down', {}, { log: { level: 'info' } }, { keys: [] }],
    ['labels', {}, { labels: { static: { a: 'b' } } }, { keys: ['labels'], handling: true, outputs: none }],
    ['stages', {}, { stages: [{ level: {} }] }, { keys: ['stages'], handling: true }],
    ['the level of the log', {}, { log: { level: 'warn' } }, { keys: ['log'], handling: false, outputs: none }],
    [
      'an address',
      {},
      { outputs: [{ ...LOKI, url: 'http://b/push' }] },
      { keys: ['outputs[loki].url'], outputs: { ...none, redirected: ['loki'] } },
    ],
    ['a batch', {}, { outputs: [{ ...LOKI, batch_bytes: 2048 }] }, { outputs: { ...none, rebuilt: ['loki'] } }],
    [
      'both: what is built anew goes there anyway',
      {},
      { outputs: [{ ...LOKI, batch_bytes: 2048, url: 'http://b/push' }] },
      { outputs: { ...none, rebuilt: ['loki'], redirected: ['loki'] } },
    ],
    ['an output more', {}, { outputs: [LOKI, other] }, { keys: ['outputs[other]'], outputs: { ...none, added: ['other'] } }],
    ['one less', { outputs: [LOKI, other] }, {}, { outputs: { ...none, removed: ['other'] } }],
    ['another order', { outputs: [LOKI, other] }, { outputs: [other, LOKI] }, { keys: [], outputs: none }],
    [
      'how lines are cut',
      {},
      { containers: { max_line_bytes: 2048 } },
      { keys: ['containers.max_line_bytes'], outputs: { ...none, rebuilt: ['loki'] } },
    ],
    ['a folder', {}, { state_dir: '/elsewhere' }, { restart: ['state_dir'] }],
    ['a key that was absent', {}, { cluster: 'x' }, { keys: ['cluster'], handling: true }],
  ])('%s', (_, before, after, changes) => {
    expect(configChanges(config(before), config(after))).toMatchObject({ restart: [], ...changes });
  });
});
