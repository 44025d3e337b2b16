import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MatchStage } from '../../agent/process/match-stage.ts';
import { STDERR, STDOUT } from '../../agent/model/record.ts';
import { Entry } from '../../agent/process/entry.ts';
import { ConfiguredStages } from './configured-stages.ts';
import { viewOf } from './entry.ts';

type Texts = Readonly<Record<string, string>>;

/** What becomes of a line of a container with these labels; the stages in it say that they ran. */
function matched(selector: string, labels: Texts, action: 'keep' | 'drop', line = 'foo'): string {
  const ran = { redact: { shapes: ['email'], replacement: 'RAN' } };
  const stages = [
    { match: { selector, action, ...(action === 'keep' && { stages: [ran] }) } },
    // Where nothing can match there would be no stages at all.
    { level: {} },
  ];
  return new ConfiguredStages(`stages: ${JSON.stringify(stages)}`, labels).describe(`${line} a@b.cd`);
}

const RAN = 'out: foo RAN';
const PASSED = 'out: foo a@b.cd';
const DROPPED = 'out: (dropped)';
const FOO = { foo: 'bar' };
const FOO_BAR = { foo: 'bar', bar: 'test' };

describe("Promtail's table (clients/pkg/logentry/stages/match_test.go), of the line foo", () => {
  test.each<[string, Texts, 'keep' | 'drop', string]>([
    ['{foo="bar"} |= "foo"', FOO, 'keep', RAN],
    ['{foo="bar"} |~ "foo"', FOO, 'keep', RAN],
    ['{foo="bar"} |= "bar"', FOO, 'keep', PASSED],
    ['{foo="bar"} |~ "bar"', FOO, 'keep', PASSED],
    ['{foo="bar"} != "bar"', FOO, 'keep', RAN],
    ['{foo="bar"} !~ "bar"', FOO, 'keep', RAN],
    ['{foo="bar"} != "foo"', FOO, 'keep', PASSED],
    ['{foo="bar"} |= "foo"', FOO, 'drop', DROPPED],
    ['{foo="bar"} |~ "foo"', FOO, 'drop', DROPPED],
    ['{foo="bar"} |= "bar"', FOO, 'drop', PASSED],
    ['{foo="bar"} |~ "bar"', FOO, 'drop', PASSED],
    ['{foo="bar"} != "bar"', FOO, 'drop', DROPPED],
    ['{foo="bar"} !~ "bar"', FOO, 'drop', DROPPED],
    ['{foo="bar"} != "foo"', FOO, 'drop', PASSED],
    ['{foo="bar"}', FOO, 'keep', RAN],
    ['{foo=""}', FOO, 'keep', PASSED],
    ['{foo=""}', {}, 'keep', RAN],
    ['{foo!="bar"}', FOO, 'keep', PASSED],
    ['{foo!="bar"}', FOO, 'drop', PASSED],
    ['{foo="bar",bar!="test"}', FOO, 'keep', RAN],
    ['{foo="bar",bar!="test"}', FOO, 'drop', DROPPED],
    ['{foo="bar",bar!="test"}', FOO_BAR, 'keep', PASSED],
    ['{foo="bar",bar=~"te.*"}', FOO_BAR, 'drop', DROPPED],
    ['{foo="bar",bar=~"te.*"}', FOO_BAR, 'keep', RAN],
    ['{foo="bar",bar!~"te.*"}', FOO_BAR, 'keep', PASSED],
    ['{foo="bar",bar!~"te.*"}', FOO_BAR, 'drop', PASSED],
  ])('%s %j %s', (selector, labels, action, becomes) => {
    expect(matched(selector, labels, action)).toBe(becomes);
  });
});

test('stages in stages: what is meant goes through all of them, until one leaves it out', () => {
  const stages = [
    {
      match: {
        selector: '{app="cart"} |= "@"',
        stages: [
          { match: { selector: '{app="cart"} |= "secret"', action: 'drop' } },
          { match: { selector: '{app="other"}', stages: [{ redact: { shapes: ['email'], replacement: 'never' } }] } },
          { redact: { shapes: ['email'] } },
        ],
      },
    },
    { redact: { shapes: ['ipv4'] } },
  ];
  const built = new ConfiguredStages(`stages: ${JSON.stringify(stages)}`, { app: 'cart' });
  expect(built.describe('a@b.cd 10.0.0.1')).toBe('out: [redacted:email] [redacted:ipv4]');
  expect(built.describe('secret a@b.cd')).toBe('out: (dropped)');
  expect(built.describe('secret 10.0.0.1')).toBe('out: secret [redacted:ipv4]');
});

describe(MatchStage, () => {
  const drop = { apply: () => false };

  test('channels whose labels do not match are not looked at', () => {
    let looks = 0;
    const filter = (): boolean => (looks += 1) > 0;
    const stage = new MatchStage({ channels: [false, true], matchers: [], filter }, drop);
    const ofChannel = (channel: 0 | 1): boolean => stage.apply(new Entry(Object.assign(viewOf(Buffer.from('x')), { channel })));
    expect([ofChannel(STDOUT), ofChannel(STDERR), looks]).toStrictEqual([true, false, 1]);
  });

  test('labels that stages have changed are looked at in every entry', () => {
    const matchers = [
      { slot: 1, matches: (value: string) => value === '' },
      { slot: 0, matches: (value: string) => value === 'a' },
    ];
    const stage = new MatchStage({ channels: [true, true], matchers, filter: null }, drop);
    const withLabels = (...labels: (string | null)[]): boolean => {
      const entry = new Entry(viewOf(Buffer.from('x')));
      entry.labels.push(...labels);
      return stage.apply(entry);
    };
    expect([withLabels('a', null), withLabels('a', ''), withLabels('b', null), withLabels('a', 'x')]).toStrictEqual([
      false,
      false,
      true,
      true,
    ]);
  });
});

test('throws on no bytes', () => {
  const selector = '{app="cart"} |= "\\xff" or "a" !~ "^[aX]+$" |~ "(?i)x|[ab]$"';
  const stages = new ConfiguredStages(`stages: ${JSON.stringify([{ match: { selector, action: 'drop' } }])}`, { app: 'cart' });
  const pieces = fc.constantFrom(
    ...['a', 'b', 'X', '\n', '\0', 'ü', ''].map((text) => Buffer.from(text)),
    Buffer.of(0xff),
    Buffer.of(0xc3),
  );
  fc.assert(
    fc.property(fc.array(pieces), (pieces) => {
      const line = Buffer.concat(pieces);
      const text = line.toString('latin1');
      const isMeant = /\xff|a/.test(text) && !/^[aX]+$/.test(text) && /x|[ab]$/i.test(text);
      expect(stages.describe(line) === 'out: (dropped)').toBe(isMeant);
    }),
  );
});
