import { writeFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type DeadLetter, DeadLetters } from '../../agent/deliver/dead-letters.ts';
import { letterFile } from '../../agent/deliver/letter-files.ts';
import { formatLetter, parseLetter } from '../../agent/deliver/letter-line.ts';
import { type LetterLine, readLetters } from '../../agent/deliver/read-letters.ts';
import { DROP_REASONS } from '../../agent/model/verdict.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { sampleLetter } from '../support/sample-letter.ts';
import { tempDir } from '../support/temp-dir.ts';

async function letterPath(): Promise<string> {
  const dir = await tempDir();
  onTestFinished(() => dir[Symbol.asyncDispose]());
  return letterFile(dir.path, 'loki');
}

async function readAll(path: string): Promise<LetterLine[]> {
  return Array.fromAsync(readLetters(path));
}

/** A letter's line, or what is wrong, each with its number. */
async function brief(path: string): Promise<string[]> {
  const lines = await readAll(path);
  return lines.map((line) => `${line.lineNumber} ${line.kind === 'letter' ? line.letter.line.toString() : `${line.kind}: ${line.fault}`}`);
}

const anyText = fc.string({ unit: 'binary' });
const anyLine = fc.oneof(
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  anyText.map((text) => Buffer.from(text)),
);
const anyLetter: fc.Arbitrary<DeadLetter> = fc.record({
  reason: fc.constantFrom(...DROP_REASONS),
  detail: anyText,
  source: anyText,
  file: anyText,
  offset: fc.maxSafeNat(),
  labels: anyText,
  timestampNs: fc.bigInt({ min: 0n, max: 9_999_999_999_999_999_999n }).map(String),
  metadata: fc.array(fc.tuple(fc.oneof(anyText, fc.constantFrom('1', '__proto__', 'pod')), anyText)),
  line: anyLine,
});

describe(readLetters, () => {
  test('I9 a letter of any bytes is read back as it was written', async () => {
    const property = fc.asyncProperty(fc.array(fc.array(anyLetter, { maxLength: 3 }), { maxLength: 4 }), async (batches) => {
      const path = await letterPath();
      const dead = new DeadLetters(path, 1e9, new FakeClock());
      for (const batch of batches) await dead.add(batch);
      const lines = await readAll(path);
      const written = batches.flat().map((letter) => ({ ...letter, writtenAt: '2024-05-01T12:00:00Z' }));
      expect(lines.map((line) => (line.kind === 'letter' ? line.letter : line.fault))).toStrictEqual(written);
    });
    await fc.assert(property, { numRuns: 60 });
  });

  test('lines longer than what is read at once are put together', async () => {
    const path = await letterPath();
    const lines = ['a'.repeat(700_000), '', 'b'.repeat(256 * 1024), 'c'];
    await new DeadLetters(path, 1e9, new FakeClock()).add(lines.map((line) => sampleLetter({ line })));
    expect(await brief(path)).toStrictEqual(lines.map((line, index) => `${index + 1} ${line}`));
  });

  test('a line that is no letter is told with its number, and those after it are read', async () => {
    const good = formatLetter(sampleLetter({ line: 'good' }), 0);
    const path = await letterPath();
    writeFileSync(
      path,
      Buffer.concat([Buffer.from(`${good}\nnull\n[]\n{"written_at"`), Buffer.from([0x0a, 0xff, 0x0a]), Buffer.from(good)]),
    );
    expect(await brief(path)).toStrictEqual([
      '1 good',
      '2 bad: not a JSON object',
      '3 bad: not a JSON object',
      '4 bad: not a JSON object',
      '5 bad: not a JSON object',
      '6 bad: not UTF-8',
      '7 good',
    ]);
  });

  test('a line that is still being written is torn, unless only its line feed is missing', async () => {
    const path = await letterPath();
    const text = formatLetter(sampleLetter(), 0) + formatLetter(sampleLetter(), 0);
    writeFileSync(path, text.slice(0, -1));
    expect(await brief(path)).toStrictEqual(['1 hi', '2 hi']);
    writeFileSync(path, text.slice(0, -2));
    expect(await brief(path)).toStrictEqual(['1 hi', '2 torn: the file ends inside this line']);
  });

  test('a file that is gone has no letters', async () => {
    expect(await readAll('/nowhere/dead-letters.loki.jsonl')).toStrictEqual([]);
  });
});

describe(parseLetter, () => {
  const fields = JSON.parse(formatLetter(sampleLetter(), 0)) as Record<string, unknown>;

  test.each(Object.keys(fields).filter((name) => name !== 'line'))('%s is asked for', (name) => {
    expect(parseLetter(Buffer.from(JSON.stringify({ ...fields, [name]: undefined })))).toBe(`${name} is missing`);
    expect(parseLetter(Buffer.from(JSON.stringify({ ...fields, [name]: [1] })))).toBe(`${name} is not as it is written`);
  });

  test.each([
    ['reason', 'bored'],
    ['offset', -1],
    ['offset', 0.5],
    ['timestamp_ns', '-1'],
    ['timestamp_ns', '1e3'],
    ['metadata', [['pod']]],
    ['metadata', { pod: 'web-0' }],
  ])('%s may not be %j', (name, value) => {
    expect(parseLetter(Buffer.from(JSON.stringify({ ...fields, [name]: value })))).toBe(`${name} is not as it is written`);
  });

  test.each([{}, { line: 1 }, { line_base64: '?' }, { line_base64: 'AB' }])('%j holds no line', (content) => {
    const { line: _, ...origin } = fields;
    expect(parseLetter(Buffer.from(JSON.stringify({ ...origin, ...content })))).toBe('neither line nor line_base64 holds a line');
  });
});
