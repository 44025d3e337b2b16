import type { z } from 'zod';
import { explainIssue, explainUnknownKey, type RawIssue } from './explain-issue.ts';
import { type KeyPath, keyName } from './problem.ts';

/** What the schema has against a value. */
export interface Objection {
  readonly path: KeyPath;
  /** What of it to point at. */
  readonly part: 'key' | 'value';
  readonly message: string;
}

/** Holds any value against a schema: the value with every default filled in, or every objection there is. */
export function validate<T>(
  schema: z.ZodType<T>,
  value: unknown,
): { ok: true; value: T } | { ok: false; objections: readonly Objection[] } {
  // An issue keeps neither its schema nor, so, the keys that would have been right: they are noted while it is explained.
  const knownKeys = new Map<string, readonly string[]>();
  const parsed = schema.safeParse(value, {
    error: (issue) => {
      if (issue.code === 'unrecognized_keys') knownKeys.set(keyName(keyPath(issue.path)), shapeKeys(issue));
      return explainIssue(issue);
    },
  });
  if (parsed.success) return { ok: true, value: parsed.data };
  const objections = parsed.error.issues.flatMap((issue): Objection[] => {
    const path = keyPath(issue.path);
    if (issue.code !== 'unrecognized_keys') return [{ path, part: issue.code === 'invalid_key' ? 'key' : 'value', message: issue.message }];
    const known = knownKeys.get(keyName(path)) ?? [];
    return issue.keys.map((key) => ({ path: [...path, key], part: 'key', message: explainUnknownKey(key, known) }));
  });
  return { ok: false, objections };
}

function shapeKeys(issue: RawIssue): string[] {
  const def: unknown = issue.inst?._zod.def;
  const shape = typeof def === 'object' && def !== null && 'shape' in def ? def.shape : {};
  return Object.keys(shape as object);
}

function keyPath(path: readonly PropertyKey[] = []): KeyPath {
  return path.map((step) => (typeof step === 'number' ? step : String(step)));
}
