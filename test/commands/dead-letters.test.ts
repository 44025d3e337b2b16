import { appendFileSync, renameSync } from 'node:fs';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { deadLettersCommand } from '../../agent/commands/dead-letters.ts';
import { letterFile, takenFile } from '../../agent/deliver/letter-files.ts';
import { runCommand } from '../support/command-host.ts';
import { LettersBench } from '../support/letters-bench.ts';
import { sampleLetter } from '../support/sample-letter.ts';

let bench: LettersBench;

beforeEach(async () => {
  bench = await LettersBench.open();
  onTestFinished(() => bench[Symbol.asyncDispose]());
});

/** Five letters of three streams, the last in the file of another output that is configured no more. */
async function addSome(): Promise<void> {
  await bench.addLetters([
    sampleLetter({ line: 'ab', timestampNs: '1714564800000000000' }),
    sampleLetter({ line: 'cde', timestampNs: '1714564799999999999' }),
    sampleLetter({ line: 'f', labels: '{namespace="bank"}', source: 'bank_api-0_2/api/0', timestampNs: '0' }),
    sampleLetter({ line: '', labels: '{namespace="bank"}', source: 'bank_api-0_2/api/0', reason: 'too_large' }),
  ]);
  renameSync(bench.path, letterFile(bench.stateDir, 'old'));
  await bench.addLetters([sampleLetter({ line: 'x'.repeat(1000) })]);
}

describe('list', () => {
  test('is a table by output, reason and stream', async () => {
    await addSome();
    expect(await bench.run(['list'])).toMatchObject({
      code: 0,
      stdout: `OUTPUT  REASON     LETTERS  BYTES  FIRST                 LAST                  STREAM
loki    invalid          1   1000  2024-05-01T12:00:00Z  2024-05-01T12:00:00Z  {namespace="shop"}
old     invalid          1      1  1970-01-01T00:00:00Z  1970-01-01T00:00:00Z  {namespace="bank"}
old     invalid          2      5  2024-05-01T11:59:59Z  2024-05-01T12:00:00Z  {namespace="shop"}
old     too_large        1      0  2024-05-01T12:00:00Z  2024-05-01T12:00:00Z  {namespace="bank"}
`,
      stderr: '',
    });
  });

  test('is JSON on demand', async () => {
    await addSome();
    const { code, stdout } = await bench.run(['list', '--json', '--output', 'old', '--source=shop']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toStrictEqual({
      groups: [
        {
          output: 'old',
          reason: 'invalid',
          labels: '{namespace="shop"}',
          letters: 2,
          bytes: 5,
          first_timestamp_ns: '1714564799999999999',
          last_timestamp_ns: '1714564800000000000',
        },
      ],
    });
  });

  test('counts what a replay that died has left, too', async () => {
    await bench.add('1');
    renameSync(bench.path, takenFile(bench.stateDir, 'loki', 'a-0'));
    await bench.add('2');
    expect((await bench.run(['list'])).stdout).toMatch(/^loki +invalid +2 /m);
  });

  test('says when there are none', async () => {
    expect(await bench.run(['list'])).toMatchObject({ code: 0, stdout: 'no dead letters\n', stderr: '' });
    await bench.add('1');
    expect(await bench.run(['list', '--reason', 'too_large'])).toMatchObject({ code: 0, stdout: 'no dead letters\n' });
  });
});

async function rawLines(...args: string[]): Promise<string> {
  return (await bench.run(['show', '--raw', ...args])).stdout;
}

describe('show', () => {
  test('prints letters in order, and nothing that a terminal would act on', async () => {
    await bench.addLetters([
      sampleLetter({ line: 'back\\slash \x1b[31mred\x1b]0;title\x07 \u{9b}1m \u{202e}txt\ttab é', metadata: [['pod', 'web\x1b[0m']] }),
      sampleLetter({ line: Buffer.from([0x61, 0xff, 0xc3, 0x1b, 0x5c]), detail: 'HTTP 400: \x1b[2J', source: '', metadata: [] }),
    ]);
    expect(await bench.run(['show'])).toMatchObject({
      code: 0,
      stdout: String.raw`loki letter 1, invalid
  refused   2024-05-01T12:00:00Z: HTTP 400: too old
  source    shop_web-0_1/web/0, byte 512 of /var/log/pods/shop_web-0_1/web/0.log
  stream    {namespace="shop"}
  time      2024-05-01T12:00:00.000000001Z
  metadata  pod=web\x1b[0m
  line      back\\slash \x1b[31mred\x1b]0;title\x07 \x9b1m \u{202e}txt\ttab é

loki letter 2, invalid
  refused   2024-05-01T12:00:00Z: HTTP 400: \x1b[2J
  stream    {namespace="shop"}
  time      2024-05-01T12:00:00.000000001Z
  line      a\xff\xc3\x1b\\

`,
      stderr: '',
    });
  });

  test('prints the bytes of the lines as they are on demand', async () => {
    await bench.add(Buffer.from([0x1b, 0xff, 0x00]), 'b');
    expect((await bench.run(['show', '--raw'])).bytes).toStrictEqual(Buffer.from([0x1b, 0xff, 0x00, 0x0a, 0x62, 0x0a]));
  });

  test('prints letters as they are kept, with their output, as JSON lines', async () => {
    await bench.add(Buffer.from([0xff]), 'b');
    const { stdout } = await bench.run(['show', '--json']);
    const letters = stdout
      .split('\n')
      .slice(0, -1)
      .map((text) => JSON.parse(text) as object);
    expect(letters).toMatchObject([
      { output: 'loki', written_at: '2024-05-01T12:00:00Z', line_base64: '/w==' },
      { output: 'loki', metadata: [['pod', 'web-0']], line: 'b' },
    ]);
  });

  test('stops at the limit, and shows what is asked for only', async () => {
    await addSome();
    expect(await rawLines('--output', 'old', '--limit', '2')).toBe('ab\ncde\n');
    expect(await rawLines('--output', 'old', '--source', 'bank_api-0')).toBe('f\n\n');
    expect(await rawLines('--output', 'old', '--source', 'bank', '--reason', 'too_large')).toBe('\n');
  });

  test('ends when nobody reads on', async () => {
    await bench.add('1');
    expect(await bench.run(['show'], { stop: AbortSignal.abort() })).toMatchObject({ code: 0, stdout: '' });
  });

  test('reports lines that are no letters, and goes on', async () => {
    await bench.add('1');
    appendFileSync(bench.path, 'oops\n');
    await bench.add('2');
    appendFileSync(bench.path, '{"written');
    expect(await bench.run(['show', '--raw'])).toMatchObject({
      code: 0,
      stdout: '1\n2\n',
      stderr:
        'dead-letters.loki.jsonl:2: no dead letter: not a JSON object\n' +
        'dead-letters.loki.jsonl:4: no dead letter: the file ends inside this line\n',
    });
  });
});

describe('misuse', () => {
  test.each([
    [[], 'say what to do: list, show, replay'],
    [['lsit'], 'unknown action lsit, did you mean list?'],
    [['delete'], 'unknown action delete; known: list, show, replay'],
    [['list', 'show'], 'unexpected argument "show"; options begin with --'],
    [['list', '--outptu', 'loki'], 'unknown option --outptu, did you mean --output?'],
    [['list', '--output', 'lokki'], 'unknown output lokki, did you mean loki?'],
    [['list', '--output', 'elsewhere'], 'unknown output elsewhere; known: loki'],
    [['list', '--reason', 'invalide'], 'unknown reason invalide, did you mean invalid?'],
    [['list', '--limit', '1'], '--limit goes with show'],
    [['replay', '--raw'], '--raw goes with show'],
    [['show', '--dry-run'], '--dry-run goes with replay'],
    [['show', '--limit', '0'], '--limit 0 is no number of letters, write one from 1 on'],
    [['show', '--raw', '--json'], '--raw and --json exclude each other, keep one of them'],
  ])('%j is misuse: %s', async (args, message) => {
    const stderr = `logferry dead-letters: ${message}\nSee logferry dead-letters --help.\n`;
    expect(await bench.run(args)).toMatchObject({ code: 2, stdout: '', stderr });
  });

  test('a configuration is needed, and one that can be run', async () => {
    expect((await runCommand(deadLettersCommand, ['list'])).stderr).toContain('name the configuration file with --config FILE\n');
    bench.configure();
    const { code, stderr } = await bench.run(['list']);
    expect({ code, stderr: stderr.slice(stderr.indexOf(':3:')) }).toEqual({
      code: 2,
      stderr: ':3:10 outputs: an empty list, write at least one output\n',
    });
  });

  test('a state directory that is none is a failure', async () => {
    appendFileSync(bench.stateDir, '');
    expect(await bench.run(['list'])).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('ENOTDIR') as string });
  });

  test('help names every option', () => {
    for (const option of [
      '--config FILE',
      '--output NAME',
      '--reason R',
      '--source PREFIX',
      '--json',
      '--raw',
      '--limit N',
      '--dry-run',
      '--help',
    ])
      expect(deadLettersCommand.help).toContain(`  ${option} `);
  });
});
