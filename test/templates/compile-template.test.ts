import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FUNCTION_NAMES } from '../../agent/templates/call.ts';
import { compileTemplate } from '../../agent/templates/compile-template.ts';
import { rendered } from './rendered.ts';

function faultOf(source: string): string | null {
  const template = compileTemplate(source);
  return 'fault' in template ? template.fault : null;
}

const VALUES = { Value: 'loki', level: 'WARN', empty: '', a_1: 'x', größe: 'XL', 'log.level': 'info' };

describe('text and actions', () => {
  test.each([
    ['', ''],
    ['hello world!', 'hello world!'],
    ['{{ .Value }}_some_suffix', 'loki_some_suffix'],
    ['{{.Value}}{{.level}}', 'lokiWARN'],
    ['{{ .a_1 }} {{ .größe }}', 'x XL'],
    ['{{ .missing }}', '<no value>'],
    ['a }} b { c', 'a }} b { c'],
    ['a  {{- .Value -}}  b', 'alokib'],
    ['a  {{- /* no {{ word }} of it */ -}}  b', 'ab'],
    ['a {{/* one */}} b', 'a  b'],
    ['{{ "}}" }}', '}}'],
    ['{{ `a "b" \\n` }}', 'a "b" \\n'],
    [String.raw`{{ "tab\t quote\" backslash\\ \x41\101\u00e9\U0001F600" }}`, 'tab\t quote" backslash\\ AAé😀'],
    [String.raw`{{ "\xc3\xa9" }}`, 'é'],
    ['{{ 1 }} {{ -1 }} {{ 0x10 }} {{ 1_000 }} {{ 1.50 }} {{ 1e3 }}', '1 -1 16 1000 1.5 1000'],
    ['{{ true }} {{ false }}', 'true false'],
    ['{{ index . "log.level" }}', 'info'],
    ['{{ $.level }}', 'WARN'],
  ])('%s', (source, want) => expect(rendered(source, VALUES)).toBe(want));
});

describe('pipelines', () => {
  test.each([
    ['{{ .Value | ToUpper }}', 'LOKI'],
    ['{{ .Value|ToUpper|ToLower }}', 'loki'],
    ['{{ ToUpper (ToLower .Value) }}', 'LOKI'],
    ['{{ Replace (.Value | ToUpper) "O" "0" -1 | printf "%s-%s" "x" }}', 'x-L0KI'],
    ['{{ ((("x"))) }}', 'x'],
    ['{{ $x := .Value | ToUpper }}[{{ $x }}]{{ $x = "y" }}[{{ $x }}]', '[LOKI][y]'],
  ])('%s', (source, want) => expect(rendered(source, VALUES)).toBe(want));
});

describe('blocks', () => {
  test.each([
    ['{{ if .Value }}a{{ end }}', 'a'],
    ['{{ if .empty }}a{{ else }}b{{ end }}', 'b'],
    ['{{ if .missing }}a{{ else if eq .level "WARN" }}b{{ else }}c{{ end }}', 'b'],
    ['{{ if .missing }}a{{ else if .empty }}b{{ else }}c{{ end }}', 'c'],
    ['{{ if and .Value (not .empty) }}a{{ end }}', 'a'],
    ['{{ if or .empty .missing }}a{{ end }}b', 'b'],
    ['{{ if $x := .Value }}{{ $x }}{{ end }}', 'loki'],
    ['{{ with .Value }}{{ . }} {{ $.level }}{{ end }}', 'loki WARN'],
    ['{{ with .empty }}{{ . }}{{ else }}none{{ end }}', 'none'],
    ['{{ with .empty }}{{ . }}{{ else with .Value }}{{ . | ToUpper }}{{ end }}', 'LOKI'],
    ['{{ with $x := .Value }}{{ if $x }}{{ . }}{{ $x }}{{ end }}{{ end }}', 'lokiloki'],
    ['{{ $x := "a" }}{{ if true }}{{ $x := "b" }}{{ $x = "c" }}{{ $x }}{{ end }}{{ $x }}', 'ca'],
    ['{{ if 0 }}a{{ end }}{{ if 0.0 }}b{{ end }}{{ if nil | empty }}c{{ end }}', 'c'],
  ])('%s', (source, want) => expect(rendered(source, VALUES)).toBe(want));

  // The one of Promtail's documentation.
  test.each([
    [{ date_local: '11/08/2022', time_local: '12:53:24', hour_period: 'PM' }, '2022-11-08T12:53:24Z'],
    [{ date_local: '11/08/2022', time_local: '12:53:24', hour_period: 'AM' }, '2022-11-08T00:53:24Z'],
    [{ date_local: '11/08/2022', time_local: '1:53:24', hour_period: 'PM' }, '2022-11-08T13:53:24Z'],
    [{ date_local: '11/08/2022', time_local: '9:53:24', hour_period: 'PM' }, '2022-11-08T21:53:24Z'],
    [{ date_local: '11/08/2022', time_local: '10:53:24', hour_period: 'AM' }, '2022-11-08T10:53:24Z'],
    [{ date_local: '11/08/2022', time_local: '9:53:24', hour_period: 'AM' }, '2022-11-08T09:53:24Z'],
  ])('a time of twelve hours: %o', (values, want) => {
    const source = `
{{- .date_local | substr 6 10 }}-{{ .date_local | substr 0 2 }}-{{ .date_local | substr 3 5 }}T
{{- if eq (.time_local | substr 0 2) "12" }}
  {{- if eq .hour_period "AM" }}00{{ else }}12{{ end }}{{ .time_local | substr 2 10}}Z
{{- else }}
  {{- if eq .hour_period "AM" }}
    {{- if or (eq (.time_local | substr 0 2) "11") (eq (.time_local | substr 0 2) "10") }}{{ .time_local }}Z
    {{- else }}0{{ .time_local }}Z
    {{- end }}
  {{- else }}
    {{- if eq (.time_local | substr 0 2) "11" }}23{{ .time_local | substr 2 10 }}Z{{ end }}
    {{- if eq (.time_local | substr 0 2) "10" }}22{{ .time_local | substr 2 10 }}Z{{ end }}
    {{- if eq (.time_local | substr 0 2) "9:" }}21{{ .time_local | substr 1 10 }}Z{{ end }}
    {{- if eq (.time_local | substr 0 2) "8:" }}20{{ .time_local | substr 1 10 }}Z{{ end }}
    {{- if and (le (.time_local | substr 0 1) "7") (eq (.time_local | substr 1 2) ":") }}1{{ add (.time_local | substr 0 1) 2 }}{{ .time_local | substr 1 10 }}Z{{ end }}
  {{- end }}
{{- end }}`;
    expect(rendered(source, values)).toBe(want);
  });
});

describe('what fails when it is worked out', () => {
  test.each([
    ['{{ .missing | ToLower }}'],
    ['{{ Replace .Value "a" "b" .Value }}'],
    ['{{ eq .Value 5 }}'],
    ['{{ lt .missing .Value }}'],
    ['{{ if ToLower .missing }}{{ end }}'],
    ['{{ $x := ToLower .missing }}'],
    ['{{ len .missing }}'],
    ['{{ div 1 0 }}'],
    ['{{ mod 1 0 }}'],
    ['{{ substr 3 2 .Value }}'],
    ['{{ repeat -1 .Value }}'],
    ['{{ and .Value (ToLower .missing) }}'],
  ])('%s', (source) => expect(rendered(source, VALUES)).toBeNull());
});

describe('what is no template', () => {
  test.each([
    ['{{ .Value', '{{ is not closed, write }} behind the action'],
    ['{{ "a }}', 'a quoted text does not end'],
    ["{{ 'a' }}", 'text stands in double quotes or backquotes here, not in single ones'],
    ['{{ /* a }}', 'a comment does not end, write */}} behind it'],
    ['{{ }}', '{{ }} is empty, write a value between'],
    ['{{ . }}', '. is all values together, name the one that is meant: .Value'],
    ['{{ ToLower . }}', '. is all values together, name the one that is meant: .Value'],
    ['{{ .Value.more }}', '.more of a text: a text has no fields'],
    ['{{ .Value "x" }}', '.Value is no function, and takes no value'],
    ['{{ "x" | .Value }}', '.Value is no function, and takes no value'],
    ['{{ .Value | }}', 'a value is missing'],
    ['{{ | ToLower }}', 'a value is missing before |'],
    ['{{ (.Value }}', 'a parenthesis does not end, write )'],
    ['{{ .Value ) }}', ') is not expected there'],
    ['{{ if .Value }}', 'if does not end, write {{ end }}'],
    ['{{ if }}{{ end }}', 'if wants a value'],
    ['{{ end }}', 'end without an if or with before it'],
    ['{{ else }}', 'else without an if or with before it'],
    ['{{ if .Value }}{{ else }}{{ else }}{{ end }}', 'the else of if does not end, write {{ end }}'],
    ['{{ if .Value }}{{ end .Value }}', '.Value is not expected behind end'],
    ['{{ range .Value }}{{ end }}', 'range is not offered here: the values are texts, not lists'],
    ['{{ template "x" }}', 'template is not offered here: the values are texts, not lists'],
    ['{{ $x }}', '$x is not known here, write $x := and its value before'],
    ['{{ if true }}{{ $x := 1 }}{{ end }}{{ $x }}', '$x is not known here, write $x := and its value before'],
    ['{{ with .Value }}{{ .level }}{{ end }}', '. is the value of with here, write $.level for that of all values'],
    ['{{ index .Value "x" }}', 'index takes . and a name in quotes: index . "name"'],
    ['{{ Tolower .Value }}', 'unknown function Tolower'],
    ['{{ now }}', 'unknown function now'],
    ['{{ ToLower }}', 'ToLower wants 1 argument, found 0'],
    ['{{ Replace .Value "a" "b" }}', 'Replace wants 4 arguments, found 3'],
    ['{{ eq .Value }}', 'eq wants at least 2 arguments, found 1'],
    ['{{ and }}', 'and wants a value at least'],
    ['{{ Replace .Value "a" "b" "c" }}', 'argument 4 of Replace has to be a whole number'],
    ['{{ ToLower 1 }}', 'argument 1 of ToLower has to be text'],
    ['{{ "\\q" }}', "\\q is no escape of Go's strings, write \\\\ for a backslash"],
    ['{{ .Value & }}', '& means nothing here'],
    [`{{ ${'('.repeat(101)}1${')'.repeat(101)} }}`, 'more than 100 parentheses within each other'],
    ['{{ if 1 }}'.repeat(101), 'more than 100 blocks within each other'],
  ])('%s', (source, fault) => expect(faultOf(source)).toBe(fault));

  test('an unknown function is named, so that the nearest known one can be', () => {
    expect(compileTemplate('{{ Tolower .Value }}')).toEqual({ fault: 'unknown function Tolower', unknown: 'Tolower' });
    expect(FUNCTION_NAMES).toContain('ToLower');
  });
});

describe('the length of what is made', () => {
  test.each([
    ['{{ .Value }}', 4, 'loki'],
    ['{{ .Value }}', 3, null],
    ['{{ .größe }}é', 4, 'XLé'],
    ['{{ .größe }}é', 3, null],
    ['{{ repeat 1000000000000 "x" }}', 1000, null],
    ['{{ Replace .Value "" "xxxxxxxxxxxxxxxxxxxx" -1 }}', 50, null],
    ['{{ printf "%1000000000d" 1 }}', 1000, null],
    ['{{ printf "%.1000000000f" 1.5 }}', 1000, null],
  ])('%s in %i bytes', (source, maxBytes, want) => expect(rendered(source, VALUES, maxBytes)).toBe(want));

  test('doubling ends', () => {
    const source = `{{ $x := "xxxx" }}${'{{ $x = print $x $x }}'.repeat(60)}`;
    expect(rendered(source, VALUES, 100_000)).toBeNull();
  });
});

test('a template is the same each time', () => {
  const template = compileTemplate('{{ if .a }}{{ $x := .a }}{{ $x }}{{ else }}none{{ end }}');
  if ('fault' in template) throw new Error(template.fault);
  expect([['1'], [null], ['2']].map((values) => template.render(values, 100))).toEqual(['1', 'none', '2']);
});

test('no text throws as a template, nor any value in one', () => {
  const word = fc.constantFrom(
    '{{',
    '}}',
    '{{-',
    ' -}}',
    '.Value',
    ' ',
    '|',
    '(',
    ')',
    '"x"',
    '`',
    '1',
    '-3',
    '$x',
    ':=',
    'if',
    'else',
    'end',
    'with',
    '\n',
    'é',
  );
  const sources = fc.array(fc.oneof(word, fc.constantFrom(...FUNCTION_NAMES)), { maxLength: 15 }).map((words) => words.join(' '));
  fc.assert(
    fc.property(fc.oneof(sources, fc.string()), fc.option(fc.string({ unit: 'binary' })), (source, value) => {
      const template = compileTemplate(source);
      if ('fault' in template) return;
      const text = template.render(
        template.fields.map(() => value),
        200,
      );
      expect(text === null || Buffer.byteLength(text) <= 200).toBe(true);
    }),
    { numRuns: 1000 },
  );
});
