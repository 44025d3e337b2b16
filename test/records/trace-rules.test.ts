import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Language, LANGUAGES } from '../../agent/model/language.ts';
import { APART, type RecordRule } from '../../agent/model/multiline.ts';
import { TraceRules } from '../../agent/records/trace-rules.ts';

/** What programs have printed: entries stand between lines of three tildes. */
function entriesOf(language: Language): string[] {
  const text = readFileSync(join(import.meta.dirname, 'traces', `${language}.log`), 'utf8');
  return text.trimEnd().split('\n~~~\n');
}

function joined(rule: RecordRule, lines: readonly string[], maxLines = 128): string[] {
  const records: string[][] = [];
  let state = 0;
  for (const line of lines) {
    const bytes = Buffer.from(`>${line}<`);
    const at = [bytes, 1, bytes.length - 1] as const;
    const isFull = records.at(-1)?.length === maxLines;
    const next = state > 0 && !isFull ? rule.goOn(state, ...at) : APART;
    if (next === APART) records.push([line]);
    else records.at(-1)?.push(line);
    state = next === APART ? rule.begin(...at) : next;
  }
  return records.map((lines) => lines.join('\n'));
}

function withCr(texts: readonly string[]): string[] {
  return texts.map((text) => text.replaceAll(/$/gm, '\r'));
}

describe.each(LANGUAGES)('traces of %s', (language) => {
  const entries = entriesOf(language);
  const lines = entries.flatMap((entry) => entry.split('\n'));

  test('are one entry each, and other lines stay by themselves', () => {
    expect(joined(new TraceRules([language]), lines)).toEqual(entries);
  });

  test('are the same while traces of all languages are looked for', () => {
    expect(joined(new TraceRules(LANGUAGES), lines)).toEqual(entries);
  });

  test('are the same behind lines that end in a CR', () => {
    expect(joined(new TraceRules([language]), withCr(lines))).toEqual(withCr(entries));
  });
});

test.each<[Language, string, number]>([
  ['java', '\tat com.example.Shop.main(Shop.java:17)', 4],
  ['python', '  File "/srv/app/a.py", line 17, in handle', 4],
  ['go', '\t/srv/app/m.go:6 +0x28', 4],
  ['ruby', "\tfrom /app/server.rb:30:in 'Server#call'", 4],
  ['node', '    at load (/srv/app/a.js:3:71)', 4],
  ['dotnet', '   at Shop.Cart.Add(String item) in /src/Shop/Cart.cs:line 7', 4],
])('what a trace of %s goes on with, when it is too long, stays together', (language, frame, maxLines) => {
  const lines = ['x Error: why', ...Array.from({ length: 6 }, () => frame)];
  const records = joined(new TraceRules([language]), lines, maxLines).map((record) => record.split('\n').length);
  expect(records.at(-1)).toBeGreaterThan(1);
});

test('lines that are no traces are records of their own', () => {
  const lines = [
    '{"level":"error","msg":"java.io.IOException: no such file","stack":"\\tat x"}',
    'I0501 12:00:00.000000       1 main.go:7] starting',
    '10.0.0.1 - - [01/May/2024:12:00:00 +0000] "GET / HTTP/1.1" 200 612 "-" "curl/8.0"',
    'level=error msg="no such item" errorCount=3',
    'ErrorHandler is ready',
    '  an indented line',
    'at the beginning',
    "don't panic",
    '',
    'END',
  ];
  const rules = new TraceRules(LANGUAGES);
  for (const line of lines) expect([line, rules.begin(Buffer.from(line), 0, Buffer.byteLength(line))]).toEqual([line, 0]);
});

test('whatever the bytes are, every state is one that the rules know', () => {
  const pieces = LANGUAGES.flatMap((language) => entriesOf(language).flatMap((entry) => entry.split('\n')));
  const line = fc.oneof(
    fc.constantFrom(...pieces).map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 30 }), (lines) => {
      const rules = new TraceRules(LANGUAGES);
      let state = 0;
      for (const bytes of lines) {
        const next = state > 0 ? rules.goOn(state, bytes, 0, bytes.length) : APART;
        state = next === APART ? rules.begin(bytes, 0, bytes.length) : next;
        expect(state).toBeGreaterThanOrEqual(0);
        expect(state).toBeLessThan(1 << 24);
      }
    }),
    { numRuns: 500 },
  );
});
