import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Entry } from '../../agent/process/entry.ts';
import { Names } from '../../agent/process/names.ts';
import { TemplateStage } from '../../agent/process/template-stage.ts';
import { compileTemplate } from '../../agent/templates/compile-template.ts';
import { viewOf } from './entry.ts';

type Extracted = Readonly<Record<string, string>>;

interface Processed {
  readonly extracted: Extracted;
  readonly faults: number;
}

/** What is extracted after a template has been put into `source`. */
function processed(source: string, text: string, extracted: Extracted, line: Buffer = Buffer.from('not important')): Processed {
  const template = compileTemplate(text);
  if ('fault' in template) throw new Error(template.fault);
  const names = new Names();
  for (const name of Object.keys(extracted)) names.slotOf(name);
  const slotOf = (name: string): number => names.slotOf(name);
  let faults = 0;
  const stage = new TemplateStage({ template, source: slotOf(source), slotOf, maxBytes: 100, countFault: () => (faults += 1) });
  const entry = new Entry(viewOf(line));
  entry.begin(
    entry.view,
    names.list.map((name) => extracted[name] ?? null),
    [],
  );
  expect(stage.apply(entry)).toBe(true);
  const present = names.list.flatMap((name, slot) => (entry.extracted[slot] === null ? [] : [[name, entry.extracted[slot]!]]));
  return { extracted: Object.fromEntries(present) as Extracted, faults };
}

describe(TemplateStage, () => {
  // TestTemplateStage_Process of Promtail (clients/pkg/logentry/stages/template_test.go).
  test.each<[string, string, string, Extracted, Extracted]>([
    ['simple template', 'some', '{{ .Value }} appended', { some: 'value' }, { some: 'value appended' }],
    ['add missing', 'missing', 'newval', { notmissing: 'value' }, { notmissing: 'value', missing: 'newval' }],
    [
      'several keys',
      'message',
      '{{.Value}} in module {{.module}}',
      { level: 'warn', message: 'warn for app loki', module: 'test' },
      { level: 'warn', module: 'test', message: 'warn for app loki in module test' },
    ],
    [
      'several keys with missing source',
      'missing',
      '{{ .level }} for app {{ .app | ToUpper }}',
      { level: 'warn', app: 'loki' },
      { level: 'warn', app: 'loki', missing: 'warn for app LOKI' },
    ],
    ['a missing key', 'message', '{{.Value}} in {{.module}}', { message: 'warn' }, { message: 'warn in <no value>' }],
    ['Replace', 'level', '{{ Replace .Value "Warning" "warn" 1 }}', { level: 'Warning' }, { level: 'warn' }],
    ['ToLower', 'testval', '{{ .Value | ToLower }}', { testval: 'Value' }, { testval: 'value' }],
    ['sprig', 'testval', '{{ add 7 3 }}', { testval: 'Value' }, { testval: '10' }],
    ['ToLowerParams', 'testval', '{{ ToLower .Value }}', { testval: 'Value' }, { testval: 'value' }],
    ['ToLowerEmptyValue', 'testval', '{{ .Value | ToLower }}', {}, {}],
    ['a template that fails', 'testval', 'x{{ .missing | ToLower }}', { testval: 'Value' }, { testval: 'Value' }],
    ['ReplaceAllToLower', 'testval', '{{ Replace .Value " " "_" -1 | ToLower }}', { testval: 'Some Silly' }, { testval: 'some_silly' }],
    ['Trim', 'testval', '{{ Trim .Value "!" }}', { testval: '!!!!!WOOOOO!!!!!' }, { testval: 'WOOOOO' }],
    ['Remove label empty value', 'testval', '', { testval: 'WOOOOO' }, {}],
    ["Don't add label with empty value", 'testval', '', {}, {}],
    ['the line', 'testval', '{{ .Entry }}!', {}, { testval: 'not important!' }],
    ['what becomes too long', 'testval', '{{ repeat 101 "x" }}', { testval: 'x' }, { testval: 'x' }],
  ])('%s', (...[, source, text, extracted, want]) => expect(processed(source, text, extracted).extracted).toEqual(want));

  test('counts templates that fail', () => {
    expect(processed('a', 'x', {}).faults).toBe(0);
    expect(processed('a', '{{ ToLower .b }}', {}).faults).toBe(1);
    expect(processed('a', '{{ repeat 101 "x" }}', {}).faults).toBe(1);
  });

  test('throws on no bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 150 }), fc.string({ unit: 'binary' }), (line, value) => {
        processed(
          'a',
          '{{ .Value | ToUpper }}{{ trunc 5 .Entry }}{{ Trim .Entry .b }}{{ quote .Entry }}',
          { a: value, b: value },
          Buffer.from(line),
        );
      }),
    );
  });
});
