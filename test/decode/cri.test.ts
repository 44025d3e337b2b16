import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeCri, decodeTimestamp, MAX_HEADER_BYTES } from '../../agent/decode/cri.ts';
import { CHANNEL_NAMES, RecordView, stdChannel } from '../../agent/model/record.ts';

interface Decoded {
  readonly time: string;
  readonly channel: string;
  readonly partial: boolean;
  readonly content: string;
}

/** The record as the decoder meets it: amid others. */
function decode(record: string): Decoded | null {
  const before = Buffer.from('2001-01-01T00:00:00Z stderr P before\n');
  const bytes = Buffer.from(record, 'latin1');
  const view = new RecordView();
  const whole = Buffer.concat([before, bytes, Buffer.from('\n2002-02-02T00:00:00Z stderr P after\n')]);
  if (!decodeCri(whole, before.length, before.length + bytes.length, view)) return null;
  const content = view.buffer.toString('latin1', view.start, view.end);
  return { time: `${view.seconds}.${view.nanos}`, channel: CHANNEL_NAMES[stdChannel(view)], partial: view.partial, content };
}

function full(content: string, fields: Partial<Decoded> = {}): Decoded {
  return { time: '1714564800.100000000', channel: 'stdout', partial: false, content, ...fields };
}

describe('records', () => {
  test.each<[what: string, record: string, want: Decoded]>([
    ['containerd', '2024-05-01T12:00:00.1Z stdout F hello', full('hello')],
    ['an empty line', '2024-05-01T12:00:00.1Z stdout F ', full('')],
    ['no fraction', '2024-05-01T12:00:00Z stderr F x', full('x', { time: '1714564800.0', channel: 'stderr' })],
    ['the shortest', '2024-05-01T12:00:00Z stdout F ', full('', { time: '1714564800.0' })],
    ['another zone', '2024-05-01T14:00:00.123456789+02:00 stdout P x', full('x', { time: '1714564800.123456789', partial: true })],
    ['conmon', '2024-05-01T12:00:00.123456789+00:00 stdout F .', full('.', { time: '1714564800.123456789' })],
    ['an empty part', '2024-05-01T12:00:00.1Z stdout P ', full('', { partial: true })],
    ['a tag after F', '2024-05-01T12:00:00.1Z stdout F:x msg', full('msg')],
    ['tags after P', '2024-05-01T12:00:00.1Z stderr P:x:yz msg', full('msg', { channel: 'stderr', partial: true })],
    ['a tag that only begins with P', '2024-05-01T12:00:00.1Z stdout PX msg', full('msg')],
    ['a tag from the future', '2024-05-01T12:00:00.1Z stdout Q msg', full('msg')],
    ['an empty tag after P', '2024-05-01T12:00:00.1Z stdout P: msg', full('msg', { partial: true })],
    ['spaces in the content', '2024-05-01T12:00:00.1Z stdout F   a  b ', full('  a  b ')],
    ['NUL, escapes, bytes that are no UTF-8', '2024-05-01T12:00:00.1Z stdout F \0\0\x1b[1m\xff\xc3', full('\0\0\x1b[1m\xff\xc3')],
    ['CR at the end', '2024-05-01T12:00:00.1Z stdout F text\r', full('text\r')],
    ['a record as content', '2024-05-01T12:00:00.1Z stdout F 2024-05-01T12:00:00.1Z stderr P x', full('2024-05-01T12:00:00.1Z stderr P x')],
    ['the longest tags', `2024-05-01T12:00:00.1Z stdout F:${'x'.repeat(MAX_HEADER_BYTES - 33)} msg`, full('msg')],
  ])('%s', (_, record, want) => {
    expect(decode(record)).toEqual(want);
  });

  test.each([
    ['nothing', ''],
    ['no space after the tag', '2024-05-01T12:00:00.123456789Z stdout F'],
    ['nothing after the channel', '2024-05-01T12:00:00.123456789Z stdout '],
    ['no tag', '2024-05-01T12:00:00.1Z stdout  hello'],
    ['an empty tag before another space', '2024-05-01T12:00:00.1Z stdout   hello'],
    ['a tag without end', `2024-05-01T12:00:00.1Z stdout F:${'x'.repeat(MAX_HEADER_BYTES)} msg`],
    ['another channel', '2024-05-01T12:00:00.1Z stdin F hello'],
    ['a channel in capitals', '2024-05-01T12:00:00.1Z STDOUT F hello'],
    ['a longer channel', '2024-05-01T12:00:00.1Z stdoutx F hello'],
    ['a mixed channel', '2024-05-01T12:00:00.1Z stdrrr F hello'],
    ['two spaces after the time', '2024-05-01T12:00:00.1Z  stdout F hello'],
    ['a tab', '2024-05-01T12:00:00.1Z\tstdout F hello'],
    ['no time', 'stdout F hello, which is long enough'],
    ['NULs, as after a crash', '\0'.repeat(64)],
    ['NULs before a record', `${'\0'.repeat(8)}2024-05-01T12:00:00.1Z stdout F hello`],
    ['a record of docker', '{"log":"hello\\n","stream":"stdout","time":"2024-05-01T12:00:00.1Z"}'],
    ['klog', 'I0501 12:00:00.000001       1 server.go:386] Generated self-signed cert'],
    ['a byte order mark', '\xef\xbb\xbf2024-05-01T12:00:00.1Z stdout F hello'],
  ])('not: %s', (_, record) => {
    expect(decode(record)).toBeNull();
  });

  test('no begin of a record is one', () => {
    const record = '2024-05-01T14:00:00.123456789+02:00 stdout P';
    for (let end = 0; end <= record.length; end += 1) expect([end, decode(record.slice(0, end))]).toEqual([end, null]);
  });
});

/** Seconds and nanoseconds, or null; `text` ends the buffer. */
function timeOf(text: string): [seconds: number, nanos: number, length: number] | null {
  const view = new RecordView();
  const at = Buffer.from(`xx${text}`);
  const end = decodeTimestamp(at, 2, view);
  return end === -1 ? null : [view.seconds, view.nanos, end - 2];
}

describe('timestamps', () => {
  test.each<[text: string, want: ReturnType<typeof timeOf>]>([
    ['2024-05-01T12:00:00Z', [1_714_564_800, 0, 20]],
    ['2024-05-01T12:00:00.1Z', [1_714_564_800, 100_000_000, 22]],
    ['2024-05-01T12:00:00.000000001Z', [1_714_564_800, 1, 30]],
    ['2024-05-01T12:00:00.12345678Z', [1_714_564_800, 123_456_780, 29]],
    ['2024-05-01T12:00:00.999999999+00:00', [1_714_564_800, 999_999_999, 35]],
    ['2024-05-01T17:30:00.5+05:30', [1_714_564_800, 500_000_000, 27]],
    ['2024-05-01T08:30:00-03:30', [1_714_564_800, 0, 25]],
    ['2024-05-02T02:00:00+14:00', [1_714_564_800, 0, 25]],
    ['1970-01-01T00:00:00Z', [0, 0, 20]],
    ['1969-12-31T23:00:00-01:00', [0, 0, 25]],
    ['2016-12-31T23:59:60Z', [1_483_228_800, 0, 20]],
    ['9999-12-31T23:59:59Z', [253_402_300_799, 0, 20]],
    ['2000-02-29T00:00:00Z', [951_782_400, 0, 20]],
    ['2024-05-01T12:00:00Z and more', [1_714_564_800, 0, 20]],
    ['1969-12-31T23:59:59Z', null],
    ['1970-01-01T00:00:00+00:01', null],
    ['1900-02-29T00:00:00Z', null],
    ['2023-02-29T00:00:00Z', null],
    ['2100-02-29T00:00:00Z', null],
    ['2024-04-31T00:00:00Z', null],
    ['2024-00-01T00:00:00Z', null],
    ['2024-13-01T00:00:00Z', null],
    ['2024-01-00T00:00:00Z', null],
    ['2024-01-32T00:00:00Z', null],
    ['2024-01-01T24:00:00Z', null],
    ['2024-01-01T00:60:00Z', null],
    ['2024-01-01T00:00:61Z', null],
    ['2024-05-01T12:00:00', null],
    ['2024-05-01T12:00:00.Z', null],
    ['2024-05-01T12:00:00.', null],
    ['2024-05-01T12:00:00.1234567890Z', null],
    ['2024-05-01T12:00:00,1Z', null],
    ['2024-05-01T12:00:00z', null],
    ['2024-05-01t12:00:00Z', null],
    ['2024-05-01 12:00:00Z', null],
    ['2024-05-01T12:00:00+0200', null],
    ['2024-05-01T12:00:00+24:00', null],
    ['2024-05-01T12:00:00+02:60', null],
    ['2024-05-01T12:00:00+0x:00', null],
    ['20x4-05-01T12:00:00Z', null],
    ['x024-05-01T12:00:00Z', null],
    ['2024-5-01T12:00:00Z', null],
    ['', null],
  ])('%s', (text, want) => {
    expect(timeOf(text)).toEqual(want);
  });

  test('every day of four centuries is where Date.UTC has it', () => {
    const wrong: string[] = [];
    for (let ms = Date.UTC(1970, 0, 1); ms < Date.UTC(2402, 0, 1); ms += 86_400_000) {
      const text = new Date(ms).toISOString();
      if (timeOf(text)?.[0] !== ms / 1000) wrong.push(text);
    }
    expect(wrong).toEqual([]);
  });

  test('the first and last moments of years are where Date.UTC has them, in any zone', () => {
    const zone = fc.tuple(fc.constantFrom('+', '-'), fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }));
    const moment = fc.tuple(fc.integer({ min: 1971, max: 9998 }), fc.integer({ min: -1, max: 1 }));
    fc.assert(
      fc.property(moment, zone, fc.nat({ max: 999_999_999 }), ([year, offset], [sign, hours, minutes], nanos) => {
        const seconds = Date.UTC(year, 0, 1) / 1000 + offset;
        const shift = (hours * 3600 + minutes * 60) * (sign === '+' ? 1 : -1);
        const local = new Date((seconds + shift) * 1000).toISOString().slice(0, 19);
        const fraction = String(nanos).padStart(9, '0').replace(/0+$/, '');
        const text = `${local}${fraction === '' ? '' : `.${fraction}`}${sign}${String(hours).padStart(2, '0')}:${String(minutes).padStart(2, '0')}`;
        expect(timeOf(text)).toEqual([seconds, nanos, text.length]);
      }),
    );
  });
});
