import { hash } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import type { Channel, RecordView } from '../../agent/model/record.ts';
import { sampleLogs, type PrintedLine } from '../support/sample-logs.ts';
import { decodeFiles, type Entry, LogFeed } from './log-feed.ts';
import { timesOfLines } from './sample-times.ts';

vi.setConfig({ testTimeout: 60_000 });

/** Every cut reads the log once more. What one log may cost: with this, logs of up to 7 KB are cut at every byte, and others where it matters. */
const BYTES_READ = 48 * 1024 * 1024;
const MOST_CUTS = 600;
/** No line of the samples is longer. */
const UNCUT = { maxLineBytes: 2 ** 21, chunkBytes: 2 ** 22 };

function printedLine(line: Buffer): PrintedLine {
  return line.length <= 300 ? { b64: line.toString('base64') } : { len: line.length, sha256: sha256(line) };
}

function sha256(bytes: Buffer): string {
  return hash('sha256', bytes, 'hex');
}

function metadataOf(entry: Entry, name: string): string | undefined {
  return entry.metadata?.find(([key]) => key === name)?.[1];
}

/** Lines from their pieces; every piece must bear its number, and the last one the length of the line. */
function linesOf(entries: readonly Entry[]): Buffer[] {
  const lines: Buffer[] = [];
  let pieces: Buffer[] = [];
  for (const entry of entries) {
    const part = metadataOf(entry, 'line_part');
    pieces.push(entry.content);
    expect(part ?? '1').toBe(String(pieces.length));
    const lineBytes = metadataOf(entry, 'line_bytes');
    if (part !== undefined && lineBytes === undefined) continue;
    const line = Buffer.concat(pieces);
    expect(lineBytes).toBe(part === undefined ? undefined : String(line.length));
    lines.push(line);
    pieces = [];
  }
  expect(pieces).toEqual([]);
  return lines;
}

function ofChannel(entries: readonly Entry[], channel: Channel): Entry[] {
  return entries.filter((entry) => entry.channel === channel);
}

function some(places: readonly number[], most: number): number[] {
  return places.filter((_, i) => i % Math.ceil(places.length / most) === 0);
}

/**
 * Where a reader may find the log cut off, in the bytes of all its files: at every byte if that is not too dear, else around ends
 * of records, within what stands before a long content and behind it, and every so often.
 */
function cutsOf(files: readonly Buffer[]): number[] {
  const log = Buffer.concat(files);
  if (log.length ** 2 <= BYTES_READ) return [...log.keys()];
  const cutsWanted = Math.min(MOST_CUTS, Math.floor(BYTES_READ / log.length));
  const ends: number[] = [];
  for (let lf = log.indexOf(10); lf !== -1; lf = log.indexOf(10, lf + 1)) ends.push(lf + 1);
  const longEnds = ends.filter((end, i) => end - (ends[i - 1] ?? 0) > 4096);
  const cuts = some(ends, cutsWanted / 9).flatMap((end) => [end - 1, end, end + 1]);
  for (const end of some(longEnds, cutsWanted / 60)) for (let i = -12; i < 48; i += 3) cuts.push(end + i);
  const stride = Math.floor(log.length / (cutsWanted / 3));
  for (let cut = stride; cut < log.length; cut += stride) cuts.push(cut);
  return cuts;
}

/** Compares entries with those of the log read in one go, without keeping them. */
function expectSame(wanted: readonly Entry[], cut: number | string, read: (take: (view: RecordView) => void) => void): void {
  let i = 0;
  read((view) => {
    const { channel, content, seconds, nanos, metadata } = wanted[i]!;
    const same =
      view.channel === channel &&
      view.seconds === seconds &&
      view.nanos === nanos &&
      content.equals(view.buffer.subarray(view.start, view.end));
    if (!same || (metadata ?? view.metadata) !== null) {
      const seen = { channel: view.channel, seconds: view.seconds, nanos: view.nanos, metadata: view.metadata };
      expect({ cut, i, same, ...seen }).toEqual({ cut, i, same: true, channel, seconds, nanos, metadata });
    }
    i += 1;
  });
  expect({ cut, entries: i }).toEqual({ cut, entries: wanted.length });
}

function growByteByByte(feed: LogFeed, take: (view: RecordView) => void): void {
  for (let until = 1; until <= feed.length; until += 1) feed.readTo(until, take);
  feed.end(take);
}

describe.each(sampleLogs())('$name', ({ format, files, printed, order }) => {
  const whole = decodeFiles(files, UNCUT);

  test('I5: all that was printed comes out, byte for byte', () => {
    for (const channel of [0, 1] as const) {
      const { count, bytes, sha256: wanted, unterminated = false, lines } = printed[channel];
      const entries = ofChannel(whole, channel);
      expect(entries.map((entry) => metadataOf(entry, 'partial')).lastIndexOf('true')).toBe(unterminated ? count - 1 : -1);
      const decoded = linesOf(entries);
      const all = Buffer.concat(decoded.flatMap((line, i) => (unterminated && i === count - 1 ? [line] : [line, Buffer.from('\n')])));
      expect([decoded.length, all.length, sha256(all)]).toEqual([count, bytes, wanted]);
      if (lines !== undefined) expect(decoded.map(printedLine)).toEqual(lines);
    }
  });

  test('I2: lines come in the order in which they were completed', () => {
    const completed = whole.filter((entry) => metadataOf(entry, 'partial') === undefined);
    if (order !== null) expect(completed.map(({ channel }) => 'oe'[channel]).join('')).toBe(order);
  });

  test('times are those of the file, distinct where the file repeats one', () => {
    for (const channel of [0, 1] as const) {
      const times = timesOfLines(Buffer.concat(files), format, channel);
      const distinct: bigint[] = [];
      for (const [i, time] of times.entries()) distinct.push(time === times[i - 1] ? distinct[i - 1]! + 1n : time);
      expect(ofChannel(whole, channel).map(({ seconds, nanos }) => BigInt(seconds) * 1_000_000_000n + BigInt(nanos))).toEqual(distinct);
    }
  });

  test('I9: the same comes out of a log that grows byte by byte', () => {
    const feed = new LogFeed(files, UNCUT);
    expectSame(whole, 'growing', (take) => growByteByByte(feed, take));
  });

  test('I9: the same comes out wherever the log is cut into two chunks', () => {
    for (const cut of cutsOf(files)) {
      const feed = new LogFeed(files, UNCUT);
      expectSame(whole, cut, (take) => {
        feed.readTo(cut, take);
        feed.readTo(Number.POSITIVE_INFINITY, take);
        feed.end(take);
      });
    }
  });

  test.each([1024, 5000, 16_384, 262_144])('I5: lines over %i bytes come in numbered pieces that make up the line', (maxLineBytes) => {
    const split = decodeFiles(files, { maxLineBytes, chunkBytes: 2 ** 22 });
    expect(split.every(({ content }) => content.length <= maxLineBytes)).toBe(true);
    for (const channel of [0, 1] as const) {
      expect(linesOf(ofChannel(split, channel)).map(sha256)).toEqual(linesOf(ofChannel(whole, channel)).map(sha256));
    }
    const smaller = new LogFeed(files, { maxLineBytes, chunkBytes: maxLineBytes + 40_000 });
    expectSame(split, 'smaller chunks', (take) => {
      smaller.readTo(Number.POSITIVE_INFINITY, take);
      smaller.end(take);
    });
    if (maxLineBytes > 5000) return;
    const growing = new LogFeed(files, { maxLineBytes });
    expectSame(split, 'growing', (take) => growByteByByte(growing, take));
  });
});
