import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lineForm } from '../../agent/lint/line-form.ts';
import { saysTime } from '../../agent/lint/line-time.ts';
import { FINDINGS, LogLint } from '../../agent/lint/log-lint.ts';

function lint(...lines: readonly string[]): LogLint {
  const found = new LogLint();
  for (const line of lines) found.look(Buffer.from(line));
  return found;
}

describe(lineForm, () => {
  test.each([
    ['{"a":1}', 'json'],
    [' {"a":1} ', 'json'],
    ['{"a":1', 'broken_json'],
    ['{"a":1} tail', 'broken_json'],
    ['I0501 12:00:00.000000       1 leader.go:12] lost', 'klog'],
    ['ts=2024-05-01T12:00:00Z level=info msg="a b=c" n=1', 'logfmt'],
    ['a=1', 'plain'],
    ['served in time=3 ms for the user that came by last night', 'plain'],
    ['GET / 200', 'plain'],
    ['', 'plain'],
    ['\tat com.example.Cart.add(Cart.java:12)', 'continued'],
    ['  File "cart.py", line 3, in add', 'continued'],
    ['Caused by: java.io.IOException', 'continued'],
  ])('of %j is %s', (line, form) => expect(lineForm(line, Buffer.from(line))).toBe(form));
});

describe(saysTime, () => {
  test.each([
    '{"time":"x"}',
    '{"ts":171456}',
    '{"@timestamp":"2024"}',
    'ts=1.5 level=info',
    '2024-05-01T12:00:00Z a',
    '[2024/05/01 12:00] a',
    '10.0.0.1 - - [01/May/2024:12:00:00 +0000] "GET /"',
    'May  1 12:00:00 host a',
    'May 12 12:00:00 host a',
    '12:00:00.123 a',
    '1714564800.5 a',
    '1714564800123 a',
    'E0501 12:00:00.000000       1 leader.go:12] x',
  ])('%j does', (line) => expect(saysTime(line, lineForm(line, Buffer.from(line)))).toBe(true));

  test.each(['{"msg":"a"}', 'took 12 ms', 'level=info msg=a', 'a 12345678901234567 b', 'version 1.2.3'])('%j does not', (line) =>
    expect(saysTime(line, lineForm(line, Buffer.from(line)))).toBe(false),
  );
});

describe(LogLint, () => {
  test('finds nothing in lines that are fine', () => {
    const found = lint('{"level":"info","time":"2024-05-01T12:00:00Z"}', '{"level":"warn","time":"2024-05-01T12:00:01Z"}');
    expect([found.lines, found.findings]).toStrictEqual([2, []]);
  });

  test('says of each finding its share of the bytes, a line that shows it, and of which kind it is', () => {
    const found = lint(
      '{"level":"info","ts":1}',
      '{"level":"info","t":1',
      '12:00:00 no words',
      '12:00:00 ERROR to al@example.com, AKIAIOSFODNN7EXAMPLE',
      '\tat a(b.java:1)',
      '\x1b[31mERROR\x1b[0m',
    );
    const bytes = 23 + 21 + 17 + 54 + 15 + 14;
    expect(found.bytes).toBe(bytes);
    expect(found.findings).toStrictEqual([
      { finding: 'unparsable', share: 21 / bytes, example: '{"level":"info","t":1', detail: '' },
      { finding: 'no_level', share: 17 / bytes, example: '12:00:00 no words', detail: '' },
      { finding: 'no_time', share: 14 / bytes, example: '\x1b[31mERROR\x1b[0m', detail: '' },
      { finding: 'mixed_forms', share: 23 / bytes, example: '{"level":"info","ts":1}', detail: 'plain, json' },
      {
        finding: 'secrets',
        share: 54 / bytes,
        example: '12:00:00 ERROR to [redacted:email], [redacted:aws_access_key]',
        detail: 'email, aws_access_key',
      },
      { finding: 'split_records', share: 15 / bytes, example: '\tat a(b.java:1)', detail: '' },
      { finding: 'terminal_codes', share: 14 / bytes, example: '\x1b[31mERROR\x1b[0m', detail: '' },
    ]);
    expect(found.findings.map(({ finding }) => finding)).toStrictEqual([...FINDINGS]);
  });

  test('takes a form for a second one only when it has some share', () => {
    const json = Array.from({ length: 100 }, () => '{"level":"info","ts":1}');
    expect(lint(...json, '12:00:00 INFO a').findings).toStrictEqual([]);
    expect(lint(...json.slice(0, 10), '12:00:00 INFO a').findings).toMatchObject([{ finding: 'mixed_forms', detail: 'json, plain' }]);
  });

  test('looks at any bytes, and its shares are shares', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 80 }), { minLength: 1 }), (lines) => {
        const found = new LogLint();
        for (const line of lines) found.look(Buffer.from(line));
        for (const { share } of found.bytes === 0 ? [] : found.findings) if (!(share >= 0 && share <= 1)) throw new Error(String(share));
      }),
    );
  });
});
