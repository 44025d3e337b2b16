import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Entry } from '../../agent/process/entry.ts';
import { OutputStage } from '../../agent/process/output-stage.ts';
import { PackStage } from '../../agent/process/pack-stage.ts';
import { Scratch } from '../../agent/process/scratch.ts';
import { ConfiguredStages } from './configured-stages.ts';
import { processedEntry, viewOf } from './entry.ts';

function entryWith(line: string | Buffer, values: readonly (string | null)[], labels: readonly (string | null)[] = []): Entry {
  const entry = new Entry(viewOf(Buffer.from(line)));
  entry.begin(entry.view, values, labels);
  return entry;
}

function output(value: string | null, maxLineBytes = 1000): Buffer {
  const stage = new OutputStage({ source: 0, scratch: new Scratch(), maxLineBytes });
  return processedEntry(stage, entryWith('line', [value])).text;
}

describe(OutputStage, () => {
  test('puts the value in place of the line, if there is one', () => {
    expect([output('text é'), output(''), output(null)].map(String)).toStrictEqual(['text é', '', 'line']);
  });

  test('cuts between characters what would be too long', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.nat({ max: 40 }), (text, max) => {
        const bytes = Buffer.from(text);
        const got = output(text, max);
        expect(got.length).toBeLessThanOrEqual(max);
        expect(got).toStrictEqual(bytes.subarray(0, got.length));
        if (bytes.length > max) expect(got.length).toBeGreaterThan(max - 4);
        else expect(got).toStrictEqual(bytes);
      }),
    );
  });

  test('what stages behind it look at is the new line', () => {
    const stages = new ConfiguredStages(`
stages: [{ json: { expressions: { log: } } }, { output: { source: log } }, { json: { expressions: { a: } } }, { output: { source: a } }]
`);
    expect(stages.describe('{"log":"{\\"a\\":\\"x\\"}"}')).toBe('out: x');
  });
});

describe(PackStage, () => {
  const LABELS = { foo: 'bar', bar: 'baz' };
  const packed = (names: string, line = 'test line 1'): string[] =>
    new ConfiguredStages(
      `stages: [{ json: { expressions: { extr1: , "ex\\"tr2": '"ex\\"tr2"' } } }, { pack: { labels: ${names} } }]`,
      LABELS,
    )
      .describe(line)
      .split('\n')
      .map((text) => text.trim());

  // Of Promtail's tests (clients/pkg/logentry/stages/pack_test.go).
  test.each([
    ['[]', 'test line 1', ['out: {"_entry":"test line 1"}']],
    ['[foo]', 'test line 1', ['out: {"foo":"bar","_entry":"test line 1"}', '{foo}']],
    ['[foo, bar]', 'test line 1', ['out: {"bar":"baz","foo":"bar","_entry":"test line 1"}', '{bar}', '{foo}']],
    ['[foo, extr1]', '{"extr1":"v"}', ['out: {"extr1":"v","foo":"bar","_entry":"{\\"extr1\\":\\"v\\"}"}', '{foo}']],
    ['["ex\\"tr2"]', '{"ex\\"tr2":"\\"fd\\""}', ['out: {"ex\\"tr2":"\\"fd\\"","_entry":"{\\"ex\\\\\\"tr2\\":\\"\\\\\\"fd\\\\\\"\\"}"}']],
    ['[none, foo, foo]', '', ['out: {"foo":"bar","_entry":""}', '{foo}']],
  ])('%s of %s', (names, line, want) => expect(packed(names, line)).toStrictEqual(want));

  test('what cannot be packed within the longest line stays as it is, labels and all', () => {
    const stage = new PackStage({ packed: [{ name: 'a', source: 0, label: 0 }], scratch: new Scratch(), maxLineBytes: 30 });
    const [short, long] = [entryWith('x'.repeat(9), ['1'], ['1']), entryWith('x'.repeat(10), ['1'], ['1'])];
    expect(processedEntry(stage, short).text.toString()).toBe('{"a":"1","_entry":"xxxxxxxxx"}');
    expect(processedEntry(stage, long).text.toString()).toBe('xxxxxxxxxx');
    expect([short.labels, long.labels]).toStrictEqual([[null], ['1']]);
  });

  test('any bytes are packed so that they can be unpacked', () => {
    const stage = new PackStage({ packed: [{ name: '__proto__', source: 0, label: null }], scratch: new Scratch(), maxLineBytes: 10_000 });
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.string(), (bytes, value) => {
        const line = Buffer.from(bytes);
        const { text } = processedEntry(stage, entryWith(line, [value]));
        expect(Object.entries(JSON.parse(text.toString()) as object)).toStrictEqual([
          ['__proto__', value],
          ['_entry', line.toString()],
        ]);
      }),
    );
  });
});
