import * as fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { APART, type Multiline, WHOLE } from '../../agent/model/multiline.ts';
import { decodeFiles, type Entry } from './log-feed.ts';
import { randomMultiline } from './random-rule.ts';
import { randomLogs, stops } from './random-log.ts';
import { type ModelLine, modelLogs } from './runtime-model.ts';

vi.setConfig({ testTimeout: 60_000 });

const SECOND_NS = 1_000_000_000n;

interface OpenRecord {
  readonly texts: string[];
  state: number;
  lastNs: bigint;
}

/** Records of lines that are read at once, without chunks, places and bytes. */
class JoinedLines {
  readonly records: string[] = [];
  readonly #open: [OpenRecord | null, OpenRecord | null] = [null, null];
  readonly #multiline: Multiline;

  constructor(multiline: Multiline) {
    this.#multiline = multiline;
  }

  take({ channel, content, timeNs, ended }: ModelLine): void {
    const other = channel === 0 ? 1 : 0;
    const text = content.toString('latin1');
    if (ended && this.#isStale(this.#open[other], timeNs)) this.close(other);
    const open = this.#open[channel];
    const state = ended && open !== null ? this.#stateBehind(open, content, timeNs) : APART;
    if (open === null || state === APART) {
      this.close(channel);
      const begun = ended ? this.#multiline.rule.begin(content, 0, content.length) : WHOLE;
      if (begun === WHOLE) this.records.push(`${channel} ${text}`);
      else this.#open[channel] = { texts: [text], state: begun, lastNs: timeNs };
      return;
    }
    open.texts.push(text);
    Object.assign(open, { state, lastNs: timeNs });
    if (state === WHOLE) this.close(channel);
  }

  #isStale(open: OpenRecord | null, timeNs: bigint): boolean {
    return open !== null && Number(timeNs / SECOND_NS - open.lastNs / SECOND_NS) > this.#multiline.maxWaitSeconds;
  }

  #stateBehind({ texts, state, lastNs }: OpenRecord, content: Buffer, timeNs: bigint): number {
    const { rule, maxLines, maxWaitSeconds } = this.#multiline;
    const isLate = timeNs - lastNs >= BigInt(maxWaitSeconds * 1e9) || timeNs < lastNs;
    return isLate || texts.length === maxLines ? APART : rule.goOn(state, content, 0, content.length);
  }

  close(channel: 0 | 1): void {
    const open = this.#open[channel];
    if (open !== null) this.records.push(`${channel} ${open.texts.join('\n')}`);
    this.#open[channel] = null;
  }
}

function shown({ channel, content }: Entry): string {
  return `${channel} ${content.toString('latin1')}`;
}

function ofChannel(records: readonly string[], channel: number): string[] {
  return records.filter((record) => record.startsWith(`${channel} `));
}

test('I2 I5 lines are joined by their rule, in order, each with those of its channel, for any chunking', () => {
  fc.assert(
    fc.property(modelLogs, randomMultiline, stops, ({ files, lines }, multiline, places) => {
      const joined = new JoinedLines(multiline);
      for (const line of lines) joined.take(line);
      joined.close(0);
      joined.close(1);
      const records = decodeFiles(files, { multiline, maxLineBytes: 4096, chunkBytes: 4500 }, places).map(shown);
      for (const channel of [0, 1]) expect(ofChannel(records, channel)).toEqual(ofChannel(joined.records, channel));
    }),
    { numRuns: 2000 },
  );
});

test('I9 whatever the log, the same records come out however it is read', () => {
  fc.assert(
    fc.property(randomLogs, randomMultiline, stops, ({ files, maxLineBytes, chunkBytes }, multiline, places) => {
      const options = { multiline, maxLineBytes, chunkBytes };
      const all = decodeFiles(files, options);
      expect(decodeFiles(files, options, places)).toEqual(all);
      const text = all.map(({ content }) => content.toString('latin1').replaceAll('\n', '')).join('');
      const lines = decodeFiles(files, { maxLineBytes, chunkBytes }).map(({ content }) => content.toString('latin1'));
      expect(text.length).toBe(lines.join('').length);
    }),
    { numRuns: 2000 },
  );
});
