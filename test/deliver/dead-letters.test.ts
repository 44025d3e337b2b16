import { readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { DeadLetters } from '../../agent/deliver/dead-letters.ts';
import type { RefusedEntry } from '../../agent/deliver/output.ts';
import { tempDir } from '../support/temp-dir.ts';

async function letterFile(): Promise<string> {
  const dir = await tempDir();
  onTestFinished(() => dir[Symbol.asyncDispose]());
  return join(dir.path, 'state/dead-letters.loki.jsonl');
}

function entry(line: string | Buffer, metadata: RefusedEntry['metadata'] = []): RefusedEntry {
  return { labels: '{a="b"}', timestampNs: '1714564800000000001', line: Buffer.from(line), metadata };
}

describe(DeadLetters, () => {
  test('I5 an entry that was refused is kept whole, in a file of the operator alone', async () => {
    const path = await letterFile();
    expect(await new DeadLetters(path).add('invalid', 'HTTP 400: too old', [entry('hi "you"', [['pod', 'p-1']]), entry('')])).toBe(true);
    expect(readFileSync(path, 'utf8')).toBe(
      '{"reason":"invalid","detail":"HTTP 400: too old","labels":"{a=\\"b\\"}","timestamp_ns":"1714564800000000001","metadata":{"pod":"p-1"},"line":"hi \\"you\\""}\n' +
        '{"reason":"invalid","detail":"HTTP 400: too old","labels":"{a=\\"b\\"}","timestamp_ns":"1714564800000000001","metadata":{},"line":""}\n',
    );
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  test('bytes that are no UTF-8 are kept in base64', async () => {
    const path = await letterFile();
    await new DeadLetters(path).add('invalid', '', [entry(Buffer.from([0xff, 0x00]))]);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ line_base64: '/wA=' });
  });

  test('what was there stays, and entries of batches that are refused at once do not mix', async () => {
    const path = await letterFile();
    const letters = new DeadLetters(path);
    await letters.add('invalid', 'first', [entry('1')]);
    const long = 'x'.repeat(3_000_000);
    await Promise.all(['a', 'b', 'c'].map((mark) => letters.add('invalid', mark, [entry(mark + long), entry(mark + long)])));
    const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
    expect(lines.map((line) => (JSON.parse(line) as { detail: string }).detail)).toStrictEqual(['first', 'a', 'a', 'b', 'b', 'c', 'c']);
  });

  test('a file of 64 MiB takes no more', async () => {
    const path = await letterFile();
    const letters = new DeadLetters(path);
    await letters.add('invalid', '', [entry('1')]);
    truncateSync(path, 64 * 1024 * 1024);
    expect(await letters.add('invalid', '', [entry('2')])).toBe(false);
    expect(statSync(path).size).toBe(64 * 1024 * 1024);
  });

  test("a disk that refuses is the caller's to report, and does not keep later entries out", async () => {
    const path = await letterFile();
    const letters = new DeadLetters(path);
    writeFileSync(dirname(path), '');
    await expect(letters.add('invalid', '', [entry('1')])).rejects.toMatchObject({ code: 'EEXIST' });
    rmSync(dirname(path));
    expect(await letters.add('invalid', '', [entry('2')])).toBe(true);
  });
});
