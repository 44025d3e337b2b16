import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EventDecoder, type LineEvents } from '../../agent/decode/event-decoder.ts';
import { SourceDecoder } from '../../agent/decode/source-decoder.ts';
import type { ResumePoint, Time } from '../../agent/model/position.ts';
import { RecordView } from '../../agent/model/record.ts';

const CHUNK_BYTES = 8;
const BIRTH: Time = [7, 0];

/** `<channel><time>...`: `-` begins a line that is filtered, anything but a digit one without a time; `!` in it makes it malformed, `#:` begins another. */
class TestEvents implements LineEvents {
  readonly startBytes = 2;
  #text = '';
  #isBegun = false;

  push(bytes: Buffer, start: number, end: number): number {
    for (let at = start; at < end; at += 1) {
      this.#text += String.fromCharCode(bytes[at]!);
      this.#isBegun = this.#text.length > 2 && this.#text.endsWith('#:');
      if (this.#isBegun) return at + 1;
    }
    return -1;
  }

  finish(): ReturnType<LineEvents['finish']> {
    const text = this.#isBegun ? this.#text.slice(0, -2) : this.#text;
    this.#text = this.#isBegun ? '#:' : '';
    this.#isBegun = false;
    if (text.startsWith('-')) return { kind: 'filtered' };
    const [channel = Number.NaN, seconds = Number.NaN] = text.split('').map(Number);
    const time: Time | null = Number.isNaN(seconds) ? null : [seconds, 0];
    return {
      kind: 'entry',
      line: Buffer.from(text, 'latin1'),
      time,
      channel: channel % 4 || 0,
      metadata: [],
      isMalformed: text.includes('!'),
    };
  }

  reset(): void {
    this.#text = '';
    this.#isBegun = false;
  }
}

interface Seen {
  readonly text: string;
  readonly channel: number;
  readonly seconds: number;
  readonly before: ResumePoint;
  readonly after: ResumePoint;
}

/** What comes of a file, from a place on, in chunks of the given sizes. */
function entriesOf(
  file: Buffer,
  { resume = SourceDecoder.start, sizes = [CHUNK_BYTES] }: { resume?: ResumePoint; sizes?: readonly number[] } = {},
): Seen[] {
  const decoder = new EventDecoder(new TestEvents(), resume);
  const view = new RecordView();
  const seen: Seen[] = [];
  for (let at = resume[0].at, turn = 0, idle = 0; idle < 2; turn += 1) {
    const largest = sizes[turn % sizes.length]!;
    const bytes = file.subarray(at, at + largest);
    const endsFile = at + bytes.length === file.length && bytes.length < largest;
    decoder.feed(
      {
        bytes,
        at,
        startsFile: at === 0 && seen.length === 0 && !decoder.holds,
        endsFile,
        afterGap: false,
        full: bytes.length === largest,
      },
      BIRTH,
    );
    while (decoder.next(view)) {
      if (!decoder.isWanted) continue;
      const text = view.buffer.toString('latin1', view.start, view.end);
      seen.push({ text, channel: view.channel, seconds: view.seconds, before: decoder.resumeBeforeEntry(), after: decoder.resumePoint() });
    }
    idle = decoder.consumed === 0 ? idle + 1 : 0;
    at += decoder.consumed;
  }
  return seen;
}

const files = fc
  .array(
    fc.tuple(fc.constantFrom('0', '1', '2', '3', 'x', '-', '#'), fc.constantFrom('1', '2', '3', 'y', ':', 'y#:z#:', 'y#:'), fc.nat(30)),
    { maxLength: 12 },
  )
  .chain((lines) =>
    fc.boolean().map((ends) => Buffer.from(lines.map(([a, b, n]) => `${a}${b}${'z'.repeat(n)}`).join('\n') + (ends ? '\n' : ''))),
  );

describe(EventDecoder, () => {
  test('I5 I9 lines of any length come whole and in order, however the file is cut', () => {
    fc.assert(
      fc.property(files, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 6 }), (file, sizes) => {
        const wanted = file
          .toString('latin1')
          .split('\n')
          .flatMap((line) => line.split(/(?<!^)(?=#:)/));
        if (wanted.at(-1) === '') wanted.pop();
        const seen = entriesOf(file, { sizes });
        expect(seen.map(({ text }) => text)).toEqual(wanted.filter((line) => !line.startsWith('-')));
        expect(seen).toEqual(entriesOf(file, { sizes: [1000] }));
      }),
      { numRuns: 1000 },
    );
  });

  test('I8 I9 from where an entry is to be read again, it and all behind it come again, with equal times', () => {
    fc.assert(
      fc.property(files, (file) => {
        const seen = entriesOf(file);
        for (const [index, { before, after }] of seen.entries()) {
          expect(entriesOf(file, { resume: before })).toEqual(seen.slice(index));
          expect(entriesOf(file, { resume: after })).toEqual(seen.slice(index + 1));
        }
      }),
      { numRuns: 300 },
    );
  });

  test('an entry without a time has that of the one before it, the first one that of its file', () => {
    const seen = entriesOf(Buffer.from('xy\n13\nxy\n-1\nxy\n'));
    expect(seen.map(({ text, seconds, channel }) => [text, seconds, channel])).toEqual([
      ['xy', 7, 0],
      ['13', 3, 1],
      ['xy', 3, 0],
      ['xy', 3, 0],
    ]);
  });

  test('an event from the future is left where it is until it is due, and comes whole', () => {
    const decoder = new EventDecoder(new TestEvents(), SourceDecoder.start);
    const view = new RecordView();
    const bytes = Buffer.from('01\n19\n');
    decoder.hold(1, { after: 5, upTo: 10 });
    decoder.feed({ bytes, at: 0, startsFile: true, endsFile: false, afterGap: false, full: false }, BIRTH);
    expect([decoder.next(view), decoder.next(view), decoder.earlySeconds]).toEqual([true, false, 9]);
    expect(decoder.resumePoint()[0].at).toBe(3);
    decoder.hold(1, { after: 9, upTo: 20 });
    expect([decoder.next(view), decoder.next(view), decoder.earlySeconds]).toEqual([true, false, null]);
    expect(decoder.resumePoint()[0].at).toBe(6);
  });

  test('counts lines, and those of them that are no whole event', () => {
    const bytes = Buffer.from('01a\n!\n-!\n02!\n');
    const decoder = new EventDecoder(new TestEvents(), SourceDecoder.start);
    decoder.feed({ bytes, at: 0, startsFile: true, endsFile: true, afterGap: false, full: false }, BIRTH);
    for (const view = new RecordView(); decoder.next(view); );
    expect(decoder.counts).toEqual({ records: 4, malformed: 2 });
  });

  test('I5 what was read of a line before a gap comes on its own, and what is behind the gap is another line', () => {
    const decoder = new EventDecoder(new TestEvents(), SourceDecoder.start);
    const view = new RecordView();
    const texts: string[] = [];
    const feed = (text: string, at: number, afterGap: boolean, full: boolean): void => {
      decoder.feed({ bytes: Buffer.from(text), at, startsFile: false, endsFile: false, afterGap, full }, BIRTH);
      while (decoder.next(view)) texts.push(view.buffer.toString('latin1', view.start, view.end));
    };
    feed('01zzzzzz', 0, false, true);
    expect(decoder.holds).toBe(true);
    feed('12\n', 8, true, false);
    expect(texts).toEqual(['01zzzzzz', '12']);
    expect(decoder.holds).toBe(false);
  });
});
