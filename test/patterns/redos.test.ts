import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { CATASTROPHES } from './catastrophic-patterns.ts';

/** As a multiple of what a pattern costs that asks for a text of 12 bytes: more than ten times what the costliest here takes. */
const MOST_COST = 1500;
/** A pattern that is not guarded takes for ever, and nothing in its process can end it. */
const TIMEOUT_MS = 110_000;

interface Cost {
  readonly pattern: string;
  /** Of a line of 128 KiB. */
  readonly long: number;
  /** Of as many bytes in the longest lines that go to V8's usual engine. */
  readonly short: number;
}

describe('no pattern makes the agent stand still', () => {
  test('128 KiB cost as much as the pattern is large, whatever pattern and line are', async () => {
    const script = join(import.meta.dirname, 'redos-main.ts');
    const { stdout } = await promisify(execFile)(process.execPath, [script], { timeout: TIMEOUT_MS });
    const costs = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Cost);
    expect(costs.map(({ pattern }) => pattern)).toStrictEqual(CATASTROPHES.map(({ pattern }) => pattern));
    expect(costs.filter(({ long, short }) => Math.max(long, short) > MOST_COST)).toStrictEqual([]);
  });
});
