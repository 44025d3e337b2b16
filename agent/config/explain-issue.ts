import type { z } from 'zod';
import { nearestName } from './nearest-name.ts';

/** What the schema found wrong, as zod hands it to an error map: with the input, before it has a message. */
export type RawIssue = z.core.$ZodRawIssue;

const WANTED: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping of keys to values',
  record: 'a mapping of names to values',
};

/** Longest piece of the file that a message repeats, in characters. */
const MAX_QUOTED = 60;

/** Says in plain English what is wrong and what to write instead, for every issue that the schema has no words of its own for. */
export function explainIssue(issue: RawIssue): string {
  const { code } = issue;
  if (code === 'invalid_union') return unknownType(issue);
  if (code === 'invalid_key') return issue.issues[0]?.message ?? 'not a usable name, write another';
  if (issue.input === undefined) return missing(issue);
  if (code === 'invalid_value') return unknownChoice(issue.input, issue.values);
  const found = describe(issue.input, isSecret(issue));
  if (code === 'invalid_type') return wrongType(found, issue.input, issue.expected);
  if (code === 'not_multiple_of') return wrongType(found, issue.input, 'int');
  if (code === 'too_small' && issue.origin === 'string') return 'empty text, write at least one character';
  if (code === 'too_small') return `${found} is too small, write at least ${issue.minimum}`;
  if (code === 'too_big') return `${found} is too large, write at most ${issue.maximum}`;
  return `${found} is not accepted here`;
}

/** What to say about a key that its mapping does not know. */
export function explainUnknownKey(key: string, known: readonly string[]): string {
  if (known.length === 0) return 'unknown key, remove it; no key is known here';
  const nearest = nearestName(key, known);
  return nearest === null ? `unknown key, remove it; known here: ${known.join(', ')}` : `unknown key, did you mean ${nearest}?`;
}

/** Values of headers are taken for secrets, and messages end up in logs. */
function isSecret(issue: RawIssue): boolean {
  return issue.path?.includes('headers') === true;
}

function wrongType(found: string, input: unknown, expected: string): string {
  const isUnquoted = expected === 'string' && (typeof input === 'number' || typeof input === 'boolean');
  return `found ${found}, want ${WANTED[expected] ?? expected}${isUnquoted ? ': put quotes around it' : ''}`;
}

function missing(issue: RawIssue): string {
  const description = issue.inst !== undefined && 'description' in issue.inst ? issue.inst.description : undefined;
  return typeof description === 'string' ? `missing, add it: ${description}` : 'missing, add it';
}

function unknownChoice(input: unknown, values: readonly z.core.util.Primitive[]): string {
  const known = values.map(String);
  const nearest = typeof input === 'string' ? nearestName(input, known) : null;
  const hint = nearest === null || known.length === 1 ? '' : `; did you mean ${nearest}?`;
  return `found ${describe(input, false)}, want ${known.length === 1 ? '' : 'one of '}${known.join(', ')}${hint}`;
}

function unknownType(issue: Extract<RawIssue, { code: 'invalid_union' }>): string {
  const known = 'options' in issue && Array.isArray(issue.options) ? issue.options : [];
  const input: unknown = issue.input;
  const value: unknown = typeof input === 'object' && input !== null ? Reflect.get(input, issue.discriminator ?? '') : undefined;
  return value === undefined ? `missing, add it: ${known.join(' or ')}` : unknownChoice(value, known);
}

function describe(input: unknown, secret: boolean): string {
  if (input === null || input === undefined) return 'nothing';
  if (Array.isArray(input)) return 'a list';
  if (typeof input === 'object') return 'a mapping';
  if (typeof input === 'string' && !secret) {
    return `the text ${JSON.stringify(input.length > MAX_QUOTED ? `${input.slice(0, MAX_QUOTED)}...` : input)}`;
  }
  if (typeof input === 'number' && !secret) return `the number ${input}`;
  return typeof input === 'boolean' ? String(input) : `a ${typeof input}`;
}
