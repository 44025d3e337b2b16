import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { withoutManagedFields } from '../../agent/kubernetes/without-managed-fields.ts';
import { largePod } from '../support/large-pod.ts';

function emptied(json: string): unknown {
  return JSON.parse(withoutManagedFields(Buffer.from(json)));
}

test('any managedFields at all are gone, and nothing else', () => {
  // Quotes, backslashes and brackets are what a scanner can trip over.
  const text = fc.string({ unit: fc.constantFrom('"', '\\', '[', ']', '{', '}', ':', 'é', '😀', 'managedFields', '"managedFields":[') });
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof({ maxDepth: 4 }, text, fc.integer(), fc.array(tie('value')), fc.dictionary(text, tie('value'))),
  }));
  const object = fc.record({ labels: fc.dictionary(text, text), managedFields: fc.array(value), behind: text });
  fc.assert(
    fc.property(object, (metadata) => {
      // A key of a label is a qualified name, which has neither.
      fc.pre(!JSON.stringify(metadata.labels).includes('"managedFields":['));
      expect(emptied(JSON.stringify({ metadata }))).toStrictEqual(
        JSON.parse(JSON.stringify({ metadata: { ...metadata, managedFields: [] } })),
      );
    }),
    { numRuns: 2000 },
  );
});

test('of a large pod less than a fifth is left', () => {
  const json = JSON.stringify(largePod({ uid: 'u', name: 'app' }, 1));
  expect(withoutManagedFields(Buffer.from(json)).length).toBeLessThan(json.length / 5);
});

test.each(['', '{"a":1}', '{"managedFields":[', '{"managedFields":["', '{"managedFields":["\\', '{"managedFields":[{"a":"]"'])(
  'what has no end stays broken, what has no such key stays as it is: %s',
  (json) => {
    const left = withoutManagedFields(Buffer.from(json));
    expect(left === json || json.startsWith(left)).toBe(true);
    if (json.includes('managed')) expect(() => JSON.parse(left) as unknown).toThrow(SyntaxError);
  },
);
