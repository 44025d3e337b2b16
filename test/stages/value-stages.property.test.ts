import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { ConfiguredStages } from './configured-stages.ts';

const LABELS = { namespace: 'shop', app: 'cart', container: 'app', stream: 'stdout' };
const YAML = `
stages:
  - decolorize:
  - json: { expressions: { a: , b: a.b, first: "c[0]", log: } }
  - logfmt: { mapping: { a: , k: b } }
  - json: { expressions: { inner: x }, source: log }
  - logfmt: { mapping: { inner: y }, source: a }
  - labels: { a: , app: k }
  - structured_metadata: { first: , inner: , container: }
  - tenant: { source: inner }
  - labeldrop: [namespace]
  - static_labels: { team: x }
  - labelallow: [a, app, team]
  - pack: { labels: [a, stream] }
  - json: { expressions: { entry: _entry } }
  - output: { source: entry }
`;

const PIECES = [
  '{"a":',
  '"b"',
  '{"b":1}',
  '}',
  ',',
  '"log":"{\\"x\\":7}"',
  '"c":[null]',
  'a=1',
  ' b="x y"',
  ' y=',
  '\x1b[31m',
  '\x1b',
  '"',
  '\\',
  'é',
  '\xff',
  '\n',
];

const line = fc.oneof(
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  fc.array(fc.constantFrom(...PIECES), { maxLength: 16 }).map((pieces) => Buffer.from(pieces.join(''), 'latin1')),
);

test('I9 stages throw on no bytes, and make the same of a line whatever lines came before', () => {
  const used = new ConfiguredStages(YAML, LABELS);
  fc.assert(
    fc.property(line, (line) => {
      const { goesOn } = used.extract(line);
      expect(goesOn).toBe(true);
      expect(used.describe(line)).toBe(new ConfiguredStages(YAML, LABELS).describe(line));
    }),
    { numRuns: 150 },
  );
});
