import { isDeepStrictEqual } from 'node:util';
import type { Config } from '../config/schema.ts';
import { CHANGE_CLASSES, type ChangeClass, OUTPUT_CHANGE_CLASSES } from './change-classes.ts';

/** In what a configuration differs from the one in force, by what has to be done about it. */
export interface ConfigChanges {
  /** All keys that have changed, as `containers.include` or `outputs[loki].url`, in the order of the schema. */
  readonly keys: readonly string[];
  /** Of them, those that cannot be changed in flight. */
  readonly restart: readonly string[];
  /** Something is done otherwise with lines. */
  readonly handling: boolean;
  /** Names of outputs: new ones, those that are gone, those to be built anew, and those whose requests go elsewhere. */
  readonly outputs: {
    readonly added: readonly string[];
    readonly removed: readonly string[];
    readonly rebuilt: readonly string[];
    readonly redirected: readonly string[];
  };
}

type Output = Config['outputs'][number];

/** Compares two valid configurations. */
export function configChanges(old: Config, next: Config): ConfigChanges {
  const own = changedKeys(old, next, CHANGE_CLASSES);
  const before = new Map(old.outputs.map((output) => [output.name, output]));
  const after = new Set(next.outputs.map(({ name }) => name));
  const kept = next.outputs.filter(({ name }) => before.has(name));
  const ofOutputs = kept.map((output) => ({ output, keys: changedKeys(before.get(output.name)!, output, OUTPUT_CHANGE_CLASSES) }));
  const added = next.outputs.filter(({ name }) => !before.has(name)).map(({ name }) => name);
  const removed = old.outputs.filter(({ name }) => !after.has(name)).map(({ name }) => name);
  const rebuilt = ofOutputs.filter(({ keys }) => has(own, 'part') || has(keys, 'part')).map(({ output }) => output.name);
  const redirected = ofOutputs.filter(({ keys }) => has(keys, 'destination')).map(({ output }) => output.name);
  return {
    keys: [
      ...own.map(({ key }) => key),
      ...[...added, ...removed].map((name) => `outputs[${name}]`),
      ...ofOutputs.flatMap(({ output, keys }) => keys.map(({ key }) => `outputs[${output.name}].${key}`)),
    ],
    restart: own.filter((change) => change.class === 'restart').map(({ key }) => key),
    handling: has(own, 'handling'),
    outputs: { added, removed, rebuilt, redirected },
  };
}

interface Change {
  readonly key: string;
  readonly class: ChangeClass;
}

function has(changes: readonly Change[], wanted: ChangeClass): boolean {
  return changes.some((change) => change.class === wanted);
}

function changedKeys(old: Config | Output, next: Config | Output, classes: Readonly<Record<string, ChangeClass>>): Change[] {
  return Object.entries(classes)
    .filter(([key]) => !isDeepStrictEqual(valueAt(old, key), valueAt(next, key)))
    .map(([key, changeClass]) => ({ key, class: changeClass }));
}

/** Undefined where a key, or one above it, is not there. */
function valueAt(config: object, key: string): unknown {
  return key.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], config);
}
