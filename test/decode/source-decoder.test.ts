import { describe, expect, test } from 'vitest';
import type { Chunk } from '../../agent/decode/record-reader.ts';
import { SourceDecoder } from '../../agent/decode/source-decoder.ts';
import { SpareBuffers } from '../../agent/decode/spare-buffers.ts';
import type { ResumePoint } from '../../agent/model/position.ts';
import { type Channel, RecordView, stdChannel } from '../../agent/model/record.ts';
import { ByteBudget } from '../../agent/runtime/byte-budget.ts';
import { Wakeup } from '../../agent/runtime/wakeup.ts';
import { decodeLines, ERR_F, ERR_P, F, NOON, P } from './entry-text.ts';
import { decodeFiles } from './log-feed.ts';

test.each<[what: string, files: string[][], want: string[]]>([
  [
    'containerd: parts of one channel around a line of the other',
    [[`${P} part `, `${ERR_F} interleaved`, '2024-05-01T14:00:00.5+02:00 stdout F rest']],
    ['e 0.000000000 interleaved', 'o 0.000000000 part rest'],
  ],
  [
    'containerd: the end of a container amid a line',
    [[`${F} line`, `${P} tail`]],
    ['o 0.000000000 line', 'o 0.000000001 tail | partial=true'],
  ],
  ['conmon: lines of one read', [[`${F} .`, `${F} .`, `${F} .`]], ['o 0.000000000 .', 'o 0.000000001 .', 'o 0.000000002 .']],
  ['conmon: a line as long as a read', [[`${P} 8192`, `${P} 16384`, `${F} `]], ['o 0.000000000 819216384']],
  [
    'docker: a line in two records',
    [
      [
        '{"log":"part one ","stream":"stdout","time":"2024-05-01T12:00:00.1Z"}',
        '{"log":"part two\\n","stream":"stdout","time":"2024-05-01T12:00:00.1Z"}',
      ],
    ],
    ['o 0.100000000 part one part two'],
  ],
  ['I4: a line over a rotation, and an empty file between', [[`${P} old `], [], [`${F} new`]], ['o 0.000000000 old new']],
  ['lines given up on both channels', [[`${ERR_P} b`, `${P} a`]], ['o 0.000000000 a | partial=true', 'e 0.000000000 b | partial=true']],
  [
    'a file cut off amid a record: what there is ends the line',
    [[`${P} one `, `${F} tw\\`], [`${F} three`, `${P} fo\\`], [`${F} five`]],
    ['o 0.000000000 one tw | parse_error=torn', 'o 0.000000001 three', 'o 0.000000002 fo | parse_error=torn', 'o 0.000000003 five'],
  ],
  [
    'a file cut off amid a header',
    [['2024-05-01T12:0\\'], [`${F} x`]],
    ['o -1714564799.000000000 2024-05-01T12:0 | parse_error=malformed', 'o 0.000000000 x'],
  ],
  [
    'malformed records have the time of the newest line of stdout, or that of the file',
    [['first', `${F} a`, `${ERR_F} b`, 'second', '']],
    [
      'o -1714564799.000000000 first | parse_error=malformed',
      'o 0.000000000 a',
      'e 0.000000000 b',
      'o 0.000000001 second | parse_error=malformed',
      'o 0.000000002  | parse_error=malformed',
    ],
  ],
  [
    'records say themselves of which kind they are',
    [[`${F} a`, '{"log":"b\\n","stream":"stderr","time":"2024-05-01T12:00:00Z"}', '{"log":', `${F} c`]],
    ['o 0.000000000 a', 'e 0.000000000 b', 'o 0.000000001 {"log": | parse_error=malformed', 'o 0.000000002 c'],
  ],
  [
    'a clock that goes back, and one that goes on by less than was added',
    [[`${F} a`, `${F} b`, `${F} c`, '2024-05-01T12:00:00.000000001Z stdout F d', '2024-05-01T11:59:59Z stdout F e', `${F} f`]],
    [
      'o 0.000000000 a',
      'o 0.000000001 b',
      'o 0.000000002 c',
      'o 0.000000003 d',
      'o 0.000000004 e | original_time=2024-05-01T11:59:59.000000000Z',
      'o 0.000000005 f',
    ],
  ],
  [
    'a line with a wrong time in the future sets no later one back',
    [[`${F} a`, '2034-05-01T12:00:00Z stdout F b', `${F} c`]],
    ['o 0.000000000 a', 'o 315532800.000000000 b', 'o 0.000000000 c'],
  ],
  [
    'the last nanosecond of a second, repeated',
    [['2024-05-01T12:00:00.999999999Z stdout F a', '2024-05-01T12:00:00.999999999Z stdout F b']],
    ['o 0.999999999 a', 'o 1.000000000 b'],
  ],
])('%s', (_, files, want) => {
  expect(decodeLines(files)).toEqual(want);
});

describe('an unfinished line', () => {
  const waits = { partWaitSeconds: 10 };

  test('no longer waits once the other channel is so much later, and what follows is a line of its own', () => {
    const log = [
      `${P} open`,
      '2024-05-01T12:00:09.9Z stderr F early',
      '2024-05-01T12:00:10Z stderr F late',
      '2024-05-01T12:00:11Z stdout F rest',
    ];
    expect(decodeLines([log], waits)).toEqual([
      'e 9.900000000 early',
      'o 0.000000000 open | partial=true',
      'e 10.000000000 late',
      'o 11.000000000 rest',
    ]);
  });

  test('is given up for a part of the other channel too, which is then held itself', () => {
    const log = [`${P} open`, '2024-05-01T12:00:10Z stderr P b', '2024-05-01T12:00:20Z stdout F a', '2024-05-01T12:00:20Z stderr F c'];
    expect(decodeLines([log], waits)).toEqual([
      'o 0.000000000 open | partial=true',
      'e 10.000000000 b | partial=true',
      'o 20.000000000 a',
      'e 20.000000000 c',
    ]);
  });

  test('waits for its own channel as long as that takes', () => {
    expect(decodeLines([[`${P} a`, '2024-05-01T13:00:00Z stdout F b']], waits)).toEqual(['o 0.000000000 ab']);
  });
});

function newDecoder(maxLineBytes = 1024, partBytes = 100_000, resume = SourceDecoder.start): SourceDecoder {
  return new SourceDecoder(
    { maxLineBytes, partWaitSeconds: 10, partBudget: new ByteBudget(partBytes, new Wakeup()), spares: new SpareBuffers() },
    resume,
  );
}

function chunkOf(text: string, fields: Partial<Chunk> = {}): Chunk {
  return { bytes: Buffer.from(text), at: 0, startsFile: false, endsFile: false, afterGap: false, full: false, ...fields };
}

function contentOf({ buffer, start, end }: RecordView): string {
  return buffer.toString('latin1', start, end);
}

function takeAll(decoder: SourceDecoder): string[] {
  const view = new RecordView();
  const contents: string[] = [];
  while (decoder.next(view)) contents.push(contentOf(view));
  return contents;
}

describe('the decoder', () => {
  test('hands out whole lines without a copy, and consumes no begin of a record', () => {
    const decoder = newDecoder();
    const { bytes, ...fields } = chunkOf(`${F} a\n${ERR_F} b\n${F} c`);
    decoder.feed({ bytes, ...fields }, [1, 0]);
    const view = new RecordView();
    const seen: [Channel, number, number][] = [];
    while (decoder.next(view)) {
      expect(view.buffer).toBe(bytes);
      seen.push([stdChannel(view), view.start, view.end]);
    }
    expect(seen).toEqual([
      [0, 30, 31],
      [1, 62, 63],
    ]);
    expect(decoder.consumed).toBe(64);
  });

  test('counts records once, however they are cut and read again', () => {
    const decoder = newDecoder(8);
    decoder.feed(chunkOf(`${F} 12345678901234567\n${P} 123\n${F} 45678901\njunk\n${P} unfini`), [1, 0]);
    expect(takeAll(decoder)).toEqual(['12345678', '90123456', '7', '123', '45678901', 'junk']);
    expect(decoder.counts).toEqual({ records: 4, malformed: 1 });
  });

  test('holds back the channel of an unfinished line, and only that', () => {
    const decoder = newDecoder();
    decoder.feed(chunkOf(`${F} a\n${P} open\n${ERR_F} b\n`, { at: 1000 }), [1, 0]);
    expect(takeAll(decoder)).toEqual(['a', 'b']);
    expect(decoder.holds).toBe(true);
    expect(decoder.resumePoint().map(({ at }) => at)).toEqual([1032, 1099]);
    expect(decoder.flush(new RecordView())).toBe(true);
    expect(decoder.resumePoint().map(({ at }) => at)).toEqual([1099, 1099]);
    expect([decoder.holds, decoder.flush(new RecordView())]).toEqual([false, false]);
  });

  test('begins a new line after a flush, even if nothing was held of the old one', () => {
    const decoder = newDecoder(9, 0);
    const view = new RecordView();
    decoder.feed(chunkOf(`${P} old\n${F} new\n`), [1, 0]);
    expect([decoder.next(view), view.metadata]).toEqual([true, [['line_part', '1']]]);
    expect(decoder.flush(view)).toBe(false);
    expect([decoder.next(view), view.metadata]).toEqual([true, null]);
  });

  test('I5: loses nothing of a long record that is gone on with under another limit', () => {
    const log = `${ERR_P} x\n${F} 0123456789abcdefghij\n${ERR_F} y\n`;
    const decoder = newDecoder(8);
    decoder.feed(chunkOf(log), [1, 0]);
    const view = new RecordView();
    expect([decoder.next(view), contentOf(view)]).toEqual([true, '01234567']);
    const after = decodeFiles([Buffer.from(log)], { maxLineBytes: 7, chunkBytes: 300, resume: decoder.resumePoint() });
    expect(after.map(({ content }) => content.toString())).toEqual(['789abcd', 'efghij', 'xy']);
  });

  test('begins anew with a file that was truncated amid a long record', () => {
    const decoder = newDecoder();
    const view = new RecordView();
    decoder.feed(chunkOf(`${F} ${'x'.repeat(5000)}`, { startsFile: true }), [1, 0]);
    expect(takeAll(decoder).map((text) => text.length)).toEqual([1024, 1024, 1024]);
    expect(decoder.consumed).toBe(30 + 4 * 1024);
    expect([decoder.flush(view), view.end, decoder.flush(view)]).toEqual([true, 1024, false]);
    decoder.feed(chunkOf(`${F} fresh\n`, { at: decoder.consumed, startsFile: true }), [1, 0]);
    expect([decoder.next(view), contentOf(view), view.metadata]).toEqual([true, 'fresh', null]);
  });

  const line = null;
  const resumed: ResumePoint = [
    { at: 100, record: null, state: { runStart: [NOON, 0], runEnd: [NOON, 4], line } },
    { at: 5000, record: null, state: { runStart: [NOON, 0], runEnd: [NOON, 7], line } },
  ];

  test('I9: goes on raw with what is of no known form, whatever the rest of it looks like', () => {
    const log = `${'?'.repeat(40)}${F} x\n${F} y\n`;
    const before = newDecoder(40);
    before.feed(chunkOf(log), [1, 0]);
    const view = new RecordView();
    expect([before.next(view), before.next(view), contentOf(view), view.metadata]).toEqual([
      true,
      true,
      `${F} x`,
      [['parse_error', 'malformed']],
    ]);
    const [{ at }] = before.resumeBeforeEntry();
    const after = newDecoder(40, 0, before.resumeBeforeEntry());
    after.feed(chunkOf(log.slice(at), { at }), [1, 0]);
    expect(takeAll(after)).toEqual([`${F} x`, 'y']);
  });

  test('resumes where it was resumed until it has read further', () => {
    const decoder = newDecoder(1024, 0, resumed);
    expect(decoder.resumePoint()).toEqual(resumed);
    decoder.feed(chunkOf(`${ERR_F} settled\n${F} new\n`, { at: 100 }), [1, 0]);
    expect(takeAll(decoder)).toEqual(['new']);
    expect(decoder.resumePoint()).toEqual([{ at: 172, record: null, state: { runStart: [NOON, 0], runEnd: [NOON, 5], line } }, resumed[1]]);
  });

  test('takes nothing for settled in a file that was truncated since', () => {
    const decoder = newDecoder(1024, 0, resumed);
    decoder.feed(chunkOf(`${ERR_F} new\n`, { at: 100, startsFile: true, afterGap: true }), [1, 0]);
    expect(takeAll(decoder)).toEqual(['new']);
    expect(decoder.resumePoint().map(({ at }) => at)).toEqual([134, 134]);
  });

  test('refuses chunks in which the begin of a long record could not be told', () => {
    expect(() => newDecoder().feed(chunkOf('x'.repeat(1280), { full: true }), [1, 0])).toThrow('too small');
  });
});
