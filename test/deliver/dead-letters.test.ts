import { existsSync, readFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type DeadLetter, DeadLetters } from '../../agent/deliver/dead-letters.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { sampleLetter } from '../support/sample-letter.ts';
import { tempDir } from '../support/temp-dir.ts';

const MANY_BYTES = 64 * 1024 * 1024;

async function letterFile(): Promise<string> {
  const dir = await tempDir();
  onTestFinished(() => dir[Symbol.asyncDispose]());
  return join(dir.path, 'state/dead-letters.loki.jsonl');
}

function open(path: string, maxBytes = MANY_BYTES): DeadLetters {
  return new DeadLetters(path, maxBytes, new FakeClock());
}

/** Letters by their line, as they are in the file. */
function linesOf(path: string): string[] {
  const texts = readFileSync(path, 'utf8').split('\n');
  expect(texts.pop()).toBe('');
  return texts.map((text) => (JSON.parse(text) as { line: string }).line);
}

function letters(...lines: string[]): DeadLetter[] {
  return lines.map((line) => sampleLetter({ line }));
}

describe(DeadLetters, () => {
  test('I5 an entry that was refused is kept whole, in a file of the operator alone', async () => {
    const path = await letterFile();
    expect(await open(path).add([sampleLetter({ line: 'hi "you"' }), sampleLetter({ line: '', metadata: [] })])).toBe(true);
    const origin =
      '{"written_at":"2024-05-01T12:00:00Z","reason":"invalid","detail":"HTTP 400: too old","source":"shop_web-0_1/web/0",' +
      '"file":"/var/log/pods/shop_web-0_1/web/0.log","offset":512,"labels":"{namespace=\\"shop\\"}","timestamp_ns":"1714564800000000001"';
    expect(readFileSync(path, 'utf8')).toBe(
      `${origin},"metadata":[["pod","web-0"]],"line":"hi \\"you\\""}\n${origin},"metadata":[],"line":""}\n`,
    );
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('bytes that are no UTF-8 are kept in base64', async () => {
    const path = await letterFile();
    await open(path).add([sampleLetter({ line: Buffer.from([0xff, 0x00]) })]);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ line_base64: '/wA=' });
  });

  test('what was there stays, and entries of batches that are refused at once do not mix', async () => {
    const path = await letterFile();
    const dead = open(path);
    await dead.add(letters('first'));
    const long = 'x'.repeat(3_000_000);
    await Promise.all(['a', 'b', 'c'].map((mark) => dead.add(letters(`${mark}1${long}`, `${mark}2${long}`))));
    expect(linesOf(path).map((line) => line.slice(0, 5))).toStrictEqual(['first', 'a1xxx', 'a2xxx', 'b1xxx', 'b2xxx', 'c1xxx', 'c2xxx']);
  });

  test('a full file keeps those who came first', async () => {
    const path = await letterFile();
    await open(path).add(letters('1'));
    const { size } = statSync(path);
    const dead = open(path, size * 3);
    expect(await dead.add(letters('2'))).toBe(true);
    expect(await dead.add(letters('3', 'too long', '4'))).toBe(false);
    expect(await dead.add(letters('5'))).toBe(false);
    expect(linesOf(path)).toStrictEqual(['1', '2', '3']);
    expect(statSync(path).size).toBe(size * 3);
  });

  test.each([0, 1, 20, 150_000])('a line that a crash tore after %i bytes is cut off, and promised to nobody', async (bytes) => {
    const path = await letterFile();
    await open(path).add(letters('1', 'x'.repeat(200_000)));
    const { size } = statSync(path);
    const first = readFileSync(path, 'utf8').indexOf('\n') + 1;
    truncateSync(path, bytes === 0 ? size - 1 - 200_000 : first + bytes);
    await open(path).add(letters('2'));
    expect(linesOf(path)).toStrictEqual(['1', '2']);
  });

  test('a file that holds nothing but a torn line begins anew', async () => {
    const path = await letterFile();
    await open(path).add(letters('1'));
    writeFileSync(path, Buffer.alloc(100_000));
    await open(path).add(letters('2'));
    expect(linesOf(path)).toStrictEqual(['2']);
  });

  test('a letter that lost its line feed in an editor stays', async () => {
    const path = await letterFile();
    await open(path).add(letters('1', '2'));
    truncateSync(path, statSync(path).size - 1);
    await open(path).add(letters('3'));
    expect(linesOf(path)).toStrictEqual(['1', '2', '3']);
  });

  test("a disk that refuses is the caller's to report, and does not keep later entries out", async () => {
    const path = await letterFile();
    const dead = open(path);
    writeFileSync(dirname(path), '');
    await expect(dead.add(letters('1'))).rejects.toMatchObject({ code: 'EEXIST' });
    rmSync(dirname(path));
    expect(await dead.add(letters('2'))).toBe(true);
  });

  test('I8 whenever a replay takes the file away and reads it, what was promised is read, or in the new file', async () => {
    const path = await letterFile();
    const dead = open(path);
    const lines = Array.from({ length: 300 }, (_, index) => String(index));
    const read: string[] = [];
    let taken = 0;
    const takeAwayAfter = async (turns: number): Promise<void> => {
      for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      if (!existsSync(path)) return;
      renameSync(path, `${path}.taken`);
      read.push(...readFileSync(`${path}.taken`, 'utf8').split('\n').slice(0, -1));
      rmSync(`${path}.taken`);
      taken += 1;
    };
    // An append takes a handful of turns of the event loop: the file is gone before, between and after all its steps.
    for (const [index, line] of lines.entries()) await Promise.all([dead.add(letters(line)), takeAwayAfter(index % 30)]);
    await dead.add(letters('last'));
    const found = new Set([...read.map((text) => (JSON.parse(text) as { line: string }).line), ...linesOf(path)]);
    expect(taken).toBeGreaterThan(100);
    expect(lines.filter((line) => !found.has(line))).toStrictEqual([]);
  });
});
