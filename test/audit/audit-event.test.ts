import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseEvent } from '../../agent/audit/audit-event.ts';
import { firstMatch } from '../../agent/audit/first-match.ts';
import { parsePolicyDocument } from '../../agent/audit/policy-document.ts';
import { readPolicy } from '../../agent/audit/read-policy.ts';

const SAMPLES = join(import.meta.dirname, '../samples/audit');
const LINES = readFileSync(join(SAMPLES, 'audit.log'), 'utf8').trimEnd().split('\n');

/** As Go marshals it. */
function goJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

test('an API server recorded its events at the level that firstMatch comes to', () => {
  const opened = parsePolicyDocument('leaky-policy.yaml', readFileSync(join(SAMPLES, 'leaky-policy.yaml'), 'utf8'));
  const policy = opened.ok ? readPolicy(opened.document).policy : null;
  expect(LINES.length).toBeGreaterThan(10);
  for (const line of LINES) {
    const { request, level } = parseEvent(line)!;
    expect(policy?.rules[firstMatch(policy, request) ?? -1]?.level, line).toBe(level);
  }
});

test('without its bodies an event is as much smaller as is counted', () => {
  for (const line of LINES) {
    const { bytes, requestBytes, responseBytes } = parseEvent(line)!;
    const { requestObject: _, responseObject: __, ...rest } = JSON.parse(line) as Record<string, unknown>;
    expect(Buffer.byteLength(goJson(rest)) + 1, line).toBe(bytes - requestBytes - responseBytes);
  }
});

test('whatever is in a body', () => {
  const event = JSON.parse(LINES[0]!) as object;
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (requestObject) => {
      const { bytes, requestBytes } = parseEvent(goJson({ ...event, requestObject }))!;
      expect(bytes - requestBytes).toBe(Buffer.byteLength(goJson(event)) + 1);
    }),
  );
});

test.each([
  '',
  'null',
  '{}',
  '[]',
  '{"kind":"Event"',
  '{"kind":"Pod","level":"Metadata","stage":"Panic"}',
  LINES[0]!.replace('"Event"', '"Pod"'),
])('%s is no event', (line) => expect(parseEvent(line)).toBeNull());

test('a failed authentication has no user, and what is created no name', () => {
  const written = JSON.parse(LINES.find((line) => line.includes('"verb":"create"'))!) as { objectRef: object };
  expect(parseEvent(goJson({ ...written, user: {} }))!.request).toMatchObject({ user: null, groups: [] });
  expect(parseEvent(goJson({ ...written, objectRef: { ...written.objectRef, name: 'web' } }))!.request.target).toMatchObject({ name: '' });
  expect(parseEvent(goJson({ ...written, objectRef: undefined, requestURI: '/healthz?a=b' }))!.request.target).toStrictEqual({
    kind: 'path',
    path: '/healthz',
  });
});

test('the path of a request is what its escapes stand for', () => {
  const { objectRef: _, ...written } = JSON.parse(LINES[0]!) as Record<string, unknown>;
  const pathOf = (requestURI: string): unknown => parseEvent(goJson({ ...written, requestURI }))!.request.target;
  expect(pathOf('/healthz%2Fping?verbose=%2F')).toStrictEqual({ kind: 'path', path: '/healthz/ping' });
  expect(pathOf('/broken%2')).toStrictEqual({ kind: 'path', path: '/broken%2' });
});
