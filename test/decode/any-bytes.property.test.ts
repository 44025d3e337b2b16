import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { decodeCri } from '../../agent/decode/cri.ts';
import { decodeDockerJson, dockerTextStart } from '../../agent/decode/docker-json.ts';
import { RecordView, stdChannel } from '../../agent/model/record.ts';
import { ByteBudget } from '../../agent/runtime/byte-budget.ts';
import { Wakeup } from '../../agent/runtime/wakeup.ts';
import { decodeFiles, type Entry, entryOf, LogFeed } from './log-feed.ts';
import { stops } from './random-log.ts';
import { modelLogs } from './runtime-model.ts';

vi.setConfig({ testTimeout: 60_000 });

/** What makes up records, in an order that rarely makes one. */
const fragments = fc.oneof(
  { weight: 6, arbitrary: fc.constant('\n') },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      '2024-05-01T12:00:00Z stdout F ',
      '2024-05-01T12:00:00.5+02:00 stderr P ',
      '2024-05-01T12:00:00Z stdout P:x ',
    ),
  },
  { weight: 2, arbitrary: fc.constantFrom('{"log":"', '","stream":"stderr","time":"2024-05-01T12:00:00Z"}', '\\n', '\\u00', '"', '\\') },
  { weight: 2, arbitrary: fc.constantFrom('\0', ' ', '2024-02-30T12:00:00Z', 'stdout', 'F', '\xff') },
  fc.string({ maxLength: 30 }),
  fc.integer({ min: 1, max: 900 }).map((length) => 'x'.repeat(length)),
);
const anyBytes = fc.oneof(
  { weight: 4, arbitrary: fc.array(fragments, { maxLength: 60 }).map((parts) => Buffer.from(parts.join(''), 'latin1')) },
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
);

/** What a log says, read line by line: the text of each channel without its LFs, and what is shipped raw. */
function contentOf(files: readonly Buffer[], maxLineBytes: number): [stdout: string, stderr: string, malformed: string] {
  const contents: [string, string, string] = ['', '', ''];
  const view = new RecordView();
  for (const file of files) {
    const lines = file.toString('latin1').split('\n');
    if (lines.at(-1) === '') lines.pop();
    for (const text of lines) {
      const line = Buffer.from(text, 'latin1');
      const known = text.startsWith('{') ? isDockerRecord(line, maxLineBytes, view) : decodeCri(line, 0, line.length, view);
      if (known) contents[stdChannel(view)] += view.buffer.toString('latin1', view.start, view.end);
      else contents[2] += text;
    }
  }
  return contents;
}

/** Only records in Docker's own shape can be cut; any other that is too long is shipped raw. */
function isDockerRecord(line: Buffer, maxLineBytes: number, view: RecordView): boolean {
  if (!decodeDockerJson(line, 0, line.length, view)) return false;
  return view.end - view.start <= maxLineBytes || dockerTextStart(line, 0, line.length, new RecordView()) !== -1;
}

function isMalformed({ metadata }: Entry): boolean {
  return metadata?.some(([name, value]) => name === 'parse_error' && value === 'malformed') ?? false;
}

/** All but its time, which lines of no known form may move. */
function withoutTime({ channel, content, metadata }: Entry): unknown {
  return [channel, content.toString('latin1'), metadata];
}

function contentOfEntries(entries: readonly Entry[]): [stdout: string, stderr: string, malformed: string] {
  const contents: [string, string, string] = ['', '', ''];
  for (const entry of entries) contents[isMalformed(entry) ? 2 : entry.channel] += entry.content.toString('latin1');
  return contents;
}

describe('any bytes at all', () => {
  const limits = fc.record({ maxLineBytes: fc.integer({ min: 4, max: 200 }), budgetBytes: fc.constantFrom(0, 10, 4096, 9000, 1_000_000) });

  test('I5, I3: every byte arrives once and in order, in entries within the line limit, while held parts stay within their budget', () => {
    fc.assert(
      fc.property(fc.array(anyBytes, { minLength: 1, maxLength: 3 }), stops, limits, (contents, places, { maxLineBytes, budgetBytes }) => {
        const files = contents.map((content, i) => (i < contents.length - 1 ? content : Buffer.concat([content, Buffer.from('\n')])));
        const partBudget = new ByteBudget(budgetBytes, new Wakeup());
        const feed = new LogFeed(files, { maxLineBytes, partBudget });
        const entries: Entry[] = [];
        const take = (): void => {
          entries.push(entryOf(feed.view));
          expect(partBudget.usedBytes).toBeLessThanOrEqual(budgetBytes);
        };
        for (const place of places) {
          feed.readTo(place, take);
          expect(partBudget.usedBytes).toBeLessThanOrEqual(budgetBytes);
        }
        feed.readTo(Number.POSITIVE_INFINITY, take);
        feed.end(take);
        expect(partBudget.usedBytes).toBe(0);
        expect(entries.every(({ content }) => content.length <= maxLineBytes)).toBe(true);
        expect(contentOfEntries(entries)).toEqual(contentOf(files, maxLineBytes));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('malformed records', () => {
  const junk = fc.oneof(
    fc.string({ maxLength: 60 }).map((text) => `?${text}`),
    fc.constantFrom(
      '\0'.repeat(40),
      '',
      '2024-05-01T12:00:00.000000000Z stdout F',
      '{"log":"x\\n"}',
      '{"log":"\\x","stream":"stdout","time":"2024-05-01T12:00:00Z"}',
    ),
  );

  test('I5: come out raw and in order with parse_error, and never disturb the lines around them', () => {
    fc.assert(
      fc.property(modelLogs, fc.array(fc.tuple(fc.nat(), junk), { maxLength: 8 }), stops, ({ files }, inserts, places) => {
        const lines = files.map((file) =>
          file
            .toString('latin1')
            .split('\n')
            .slice(0, -1)
            .map((text) => ({ text, inserted: false })),
        );
        for (const [place, text] of inserts) {
          const file = lines[place % lines.length]!;
          file.splice(place % (file.length + 1), 0, { text, inserted: true });
        }
        const disturbed = lines.map((file) => Buffer.from(file.map(({ text }) => `${text}\n`).join(''), 'latin1'));
        const entries = decodeFiles(disturbed, {}, places);
        const inserted = lines.flat().filter((line) => line.inserted);
        expect(entries.filter(isMalformed).map(({ content }) => content.toString('latin1'))).toEqual(inserted.map(({ text }) => text));
        expect(entries.filter((entry) => !isMalformed(entry)).map(withoutTime)).toEqual(decodeFiles(files).map(withoutTime));
      }),
      { numRuns: 1000 },
    );
  });
});
