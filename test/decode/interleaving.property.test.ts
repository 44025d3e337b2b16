import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { decodeFiles, type Entry } from './log-feed.ts';
import { type ModelLine, modelLogs } from './runtime-model.ts';

vi.setConfig({ testTimeout: 60_000 });

/** Times as the agent gives them: of the lines, but after all equal ones of the channel before them. */
function distinctTimes(lines: readonly ModelLine[]): bigint[] {
  const runs: [run: readonly [first: bigint, last: bigint] | null, run: readonly [first: bigint, last: bigint] | null] = [null, null];
  return lines.map(({ channel, timeNs }) => {
    const run = runs[channel];
    const repeats = run !== null && timeNs >= run[0] && timeNs <= run[1];
    const time = repeats ? run[1] + 1n : timeNs;
    runs[channel] = [repeats ? run[0] : timeNs, time];
    return time;
  });
}

function timeOf({ seconds, nanos }: Entry): bigint {
  return BigInt(seconds) * 1_000_000_000n + BigInt(nanos);
}

describe('lines of both channels, cut into parts by a runtime', () => {
  test('I5, I2: come out whole and in order, for any chunking', () => {
    const stops = fc.array(fc.nat({ max: 4000 }), { maxLength: 30 }).map((places) => places.toSorted((a, b) => a - b));
    fc.assert(
      fc.property(modelLogs, stops, ({ files, lines }, places) => {
        const entries = decodeFiles(files, { maxLineBytes: 4096, chunkBytes: 4500 }, places);
        const decoded = entries.map(({ channel, content, metadata }) => ({ channel, text: content.toString('latin1'), metadata }));
        const printed = lines.map(({ channel, content, ended }) => ({
          channel,
          text: content.toString('latin1'),
          metadata: ended ? null : [['partial', 'true']],
        }));
        expect(decoded).toEqual(printed);
        expect(entries.map(timeOf)).toEqual(distinctTimes(lines));
      }),
      { numRuns: 2000 },
    );
  });

  test('I2: times of a channel never repeat', () => {
    fc.assert(
      fc.property(modelLogs, ({ files }) => {
        const entries = decodeFiles(files);
        for (const channel of [0, 1]) {
          const times = entries.filter((entry) => entry.channel === channel).map(timeOf);
          expect(new Set(times).size).toBe(times.length);
        }
      }),
    );
  });
});
