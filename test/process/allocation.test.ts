import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { logferry } from '../bench/contestants/logferry.ts';
import { RunningContestant } from '../bench/contestants/running-contestant.ts';
import { logTree } from '../bench/corpus/log-tree.ts';
import { SHORT } from '../bench/corpus/record-shape.ts';
import { arrival } from '../bench/measure/drain.ts';
import { allocatedBytes } from '../bench/profile/gc-trace.ts';
import { ReceiverProcess } from '../bench/receiver/receiver-process.ts';
import { tempDir } from '../support/temp-dir.ts';

const MIB = 1024 * 1024;
/** With one young generation of 1 MB, what a trace leaves out at its end is little. */
const NODE_OPTIONS = ['--trace-gc', '--max-semi-space-size=1'];
/** Chunks, batches and requests take 5 to 15 bytes a line; the smallest object of a line's own takes 16 more, most take 40. */
const BYTES_PER_LINE = 24;

/** What the built agent allocates while it ships lines of 40 bytes, and how many they are. */
async function ship(directory: string, mebibytes: number): Promise<{ lines: number; allocated: number }> {
  const group = { containers: 4, bytesEach: (mebibytes * MIB) / 4, shape: SHORT, files: 'live' as const };
  const { logDir, entries } = logTree(join(directory, `logs-${mebibytes}`), [group], Date.now() - 86_400_000);
  const agent = logferry('logferry', { nodeOptions: NODE_OPTIONS, output: { accepts: { stream_rate_bytes: 0 } } });
  await using receiver = await ReceiverProcess.start();
  {
    await using running = new RunningContestant(agent, { logDir, scratch: directory, receiver: receiver.ports });
    await arrival(receiver, running, entries);
  }
  const { lines } = await receiver.counts();
  expect(lines).toBe(entries);
  return { lines, allocated: allocatedBytes(readFileSync(join(directory, 'logferry', 'output.log'), 'utf8')) };
}

test('a line costs no object and no string: what is allocated grows with batches, not with lines', async () => {
  await using dir = await tempDir();
  // The start and the first compilation of everything are in both, so that the difference is the steady state.
  const [few, many] = [await ship(dir.path, 32), await ship(dir.path, 128)];
  const perLine = (many.allocated - few.allocated) / (many.lines - few.lines);
  expect(perLine).toBeLessThan(BYTES_PER_LINE);
});

test('one small object a line would be seen', () => {
  const lines = 2_000_000;
  const program = `const kept = []; for (let line = 0; line < ${lines}; line += 1) kept[line % 1000] = { line };`;
  const { stdout } = spawnSync(process.execPath, [...NODE_OPTIONS, '--eval', program], { encoding: 'utf8' });
  expect(allocatedBytes(stdout) / lines).toBeGreaterThan(BYTES_PER_LINE);
});
