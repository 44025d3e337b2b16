import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { testCommand } from '../../agent/commands/test.ts';
import { runCommand } from '../support/command-host.ts';
import { tempDir } from '../support/temp-dir.ts';

const CONFIG = `
outputs: [{ name: loki, type: loki, url: "http://loki/push", tenant: shop }, { name: other, type: loki, url: "http://other/push" }]
containers: { exclude: [{ namespace: kube-* }] }
labels: { from_pod_labels: { team: example.com/team } }
stages: [{ redact: { shapes: [email] } }, { level: {} }]
`;

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function tested(tests: string, ...options: string[]): Promise<Outcome> {
  await using dir = await tempDir();
  writeFileSync(join(dir.path, 'logferry.yaml'), CONFIG);
  writeFileSync(join(dir.path, 'tests.yaml'), tests);
  const args = ['--config', join(dir.path, 'logferry.yaml'), ...options, join(dir.path, 'tests.yaml')];
  const { code, stdout, stderr } = await runCommand(testCommand, args, {});
  const plain = (text: string): string => text.replaceAll(`${dir.path}/`, '');
  return { code, stdout: plain(stdout), stderr: plain(stderr) };
}

describe('logferry test', () => {
  test('joins lines as an agent does', async () => {
    const outcome = await tested(`
tests:
  - name: a trace
    log: { pod_annotations: { logferry.io/multiline: java } }
    lines:
      - 'java.lang.IllegalStateException: bob@example.com'
      - { line: of stderr, stream: stderr }
      - "\\tat com.example.Cart.get(Cart.java:7)"
      - going on
    entries:
      - { line: of stderr }
      - line: |-
          java.lang.IllegalStateException: [redacted:email]
          \tat com.example.Cart.get(Cart.java:7)
        time: 2024-05-01T12:00:00Z
      - { line: going on }
`);
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
  });

  test('holds entries against what is sent: text, labels, metadata, time, tenant and order', async () => {
    const outcome = await tested(`
tests:
  - name: all of it
    log: { namespace: shop, pod: cart-1, container: app, pod_labels: { app: cart, example.com/team: a } }
    lines:
      - '{"level":"warn","msg":"bob@example.com"}'
      - { line: oh no, stream: stderr, time: 2024-05-01T12:00:00.500Z }
    entries:
      - line: '{"level":"warn","msg":"[redacted:email]"}'
        labels: { app: cart, team: a, namespace: shop, stream: stdout, nope: null }
        metadata: { pod: cart-1, detected_level: warn }
        time: 2024-05-01T12:00:00Z
        tenant: shop
      - { labels: { stream: stderr }, metadata: { detected_level: null }, time: 2024-05-01T12:00:00.5Z }
  - name: of another output
    output: other
    lines: [a]
    entries: [{ tenant: null, labels: { app: pod } }]
  - name: a log that is left out
    log: { namespace: kube-system }
    lines: [a]
    excluded: excluded
`);
    expect(outcome).toStrictEqual({
      code: 0,
      stdout:
        'ok      tests.yaml: all of it\nok      tests.yaml: of another output\nok      tests.yaml: a log that is left out\n3 of 3 tests hold\n',
      stderr: '',
    });
  });

  test('says of each difference where it is expected, and what came instead', async () => {
    const outcome = await tested(`tests:
  - name: wrong
    lines: [a, b]
    entries:
      - line: b
        labels: { app: x, team: a }
        metadata: { pod: null }
        time: 2024-05-01T12:00:01Z
        tenant: null
  - name: too many expected
    lines: [a]
    entries: [{ line: a }, { line: b }]
  - { name: read, lines: [a], excluded: excluded }
  - { name: not read, log: { namespace: kube-system }, lines: [a], entries: [] }
  - { name: no such output, output: nope, lines: [a], entries: [] }
`);
    expect(outcome.code).toBe(1);
    expect(outcome.stdout).toMatch(/^FAILED.*\n(?:FAILED.*\n){4}0 of 5 tests hold\n$/);
    expect(outcome.stderr.split('\n')).toStrictEqual([
      'tests.yaml:5:15 tests[0].entries[0].line: expected "b", got "a"',
      'tests.yaml:8:15 tests[0].entries[0].time: expected "2024-05-01T12:00:01Z", got "2024-05-01T12:00:00Z"',
      'tests.yaml:9:17 tests[0].entries[0].tenant: expected none, got "shop"',
      'tests.yaml:6:24 tests[0].entries[0].labels.app: expected "x", got "pod"',
      'tests.yaml:6:33 tests[0].entries[0].labels.team: expected "a", got none',
      'tests.yaml:7:26 tests[0].entries[0].metadata.pod: expected none, got "pod"',
      'tests.yaml:5:7 tests[0].entries: sent too: "b"',
      'tests.yaml:12:28 tests[1].entries[1]: expected one entry more, got 1',
      'tests.yaml:13:41 tests[2].excluded: the log is read, and 1 of its entries are sent',
      'tests.yaml:14:77 tests[3].entries: no line is read of this log: excluded',
      'tests.yaml:15:37 tests[4].output: the configuration has no output of this name, write one of loki, other',
      '',
    ]);
  });

  test.each([
    ['tests: [{ name: a, lines: [a] }]', 'tests.yaml:1:9 tests[0]: write either entries'],
    ['tests: [{ name: a, lines: [], entries: [] }]', 'tests.yaml:1:27 tests[0].lines: an empty list'],
    ['tests: [{ name: a, line: [a], entries: [] }]', 'tests.yaml:1:20 tests[0].line: unknown key'],
    ['tests: [{ name: a, lines: [a], entries: [{}] }]', 'tests.yaml:1:42 tests[0].entries[0]: says nothing'],
    ['', 'tests.yaml: holds no tests'],
    ['tests: [', 'tests.yaml:1:9: not valid YAML'],
  ])('refuses a file of tests that is none: %s', async (text, message) => {
    const { code, stderr } = await tested(text);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  test('--json says the same', async () => {
    const { code, stdout } = await tested('tests: [{ name: wrong, lines: [a], entries: [{ line: b }] }]', '--json');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ ok: false, tests: [{ name: 'wrong', problems: [{ key: 'tests[0].entries[0].line' }] }] });
  });

  test.each([
    [[], 'name the configuration file with --config FILE'],
    [['--config', 'x.yaml'], 'name at least one file with tests'],
    [['--config', '/no/such.yaml', 'tests.yaml'], '/no/such.yaml: can not be read'],
  ])('is misused with %j', async (args, message) => {
    const { code, stderr } = await runCommand(testCommand, args, {});
    expect([code, stderr]).toStrictEqual([2, expect.stringContaining(message)]);
  });
});
