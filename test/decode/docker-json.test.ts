import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { decodeDockerJson, decodeDockerText, dockerTextStart } from '../../agent/decode/docker-json.ts';
import { CHANNEL_NAMES, RecordView, stdChannel } from '../../agent/model/record.ts';

vi.setConfig({ testTimeout: 60_000 });

interface Decoded {
  readonly time: string;
  readonly channel: string;
  readonly partial: boolean;
  /** Latin-1, a character per byte. */
  readonly content: string;
}

/** `record` is Latin-1, a character per byte; it is decoded amid others. */
function decode(record: string): Decoded | null {
  const other = Buffer.from('{"log":"other\\n","stream":"stderr","time":"2001-01-01T00:00:00Z"}\n');
  const bytes = Buffer.from(record, 'latin1');
  const whole = Buffer.concat([other, bytes, Buffer.from('\n'), other]);
  const view = new RecordView();
  if (!decodeDockerJson(whole, other.length, other.length + bytes.length, view)) return null;
  const content = view.buffer.toString('latin1', view.start, view.end);
  return { time: `${view.seconds}.${view.nanos}`, channel: CHANNEL_NAMES[stdChannel(view)], partial: view.partial, content };
}

function record(log: string): string {
  return `{"log":"${log}","stream":"stdout","time":"2024-05-01T12:00:00.1Z"}`;
}

function line(content: string, fields: Partial<Decoded> = {}): Decoded {
  return { time: '1714564800.100000000', channel: 'stdout', partial: false, content, ...fields };
}

/** UTF-8, a character per byte. */
function utf8(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/** Any UTF-16 units, halves of pairs among them. */
const texts = fc
  .array(fc.oneof(fc.nat({ max: 0x7f }), fc.nat({ max: 0xffff }), fc.integer({ min: 0xd800, max: 0xdfff })), { maxLength: 60 })
  .map((units) => String.fromCharCode(...units));

describe('texts', () => {
  test.each<[what: string, log: string, want: Decoded]>([
    ['a line', 'hello\\n', line('hello')],
    ['an empty line', '\\n', line('')],
    ['a part', 'part one ', line('part one ', { partial: true })],
    ['an empty part', '', line('', { partial: true })],
    ['CR stays', 'a\\r\\n', line('a\r')],
    ['only the last LF goes', 'a\\n\\n', line('a\n')],
    ['a backslash and an n', 'a\\\\n', line('a\\n', { partial: true })],
    ['a backslash at the end of a line', 'a\\\\\\n', line('a\\')],
    ['quotes', '{\\"a\\":\\"b\\"}\\n', line('{"a":"b"}')],
    ['all short escapes', '\\"\\\\\\/\\b\\f\\n\\r\\t\\n', line('"\\/\b\f\n\r\t')],
    ['what the encoder of Go escapes', '\\u003ca\\u003e \\u0026 \\u2028\\u001b[0m\\n', line(`<a> & ${utf8('\u2028')}\x1b[0m`)],
    ['hexadecimal digits of both cases', '\\u00e9\\u00E9\\n', line(utf8('éé'))],
    ['LF by its number', 'a\\u000a', line('a')],
    ['NUL', 'a\\u0000b\\n', line('a\0b')],
    ['a surrogate pair', '\\ud83d\\ude00\\n', line(utf8('😀'))],
    ['half a pair', '\\ud83dx\\udc00\\n', line(utf8('\ufffdx\ufffd'))],
    ['second halves', '\\udc00\\udc00\\n', line(utf8('\ufffd\ufffd'))],
    ['a first half before what is no second', '\\ud83d\\ue000\\n', line(utf8('\ufffd\ue000'))],
    ['two first halves', '\\ud83d\\ud83d\\ude00\\n', line(utf8('\ufffd😀'))],
    ['a half at the end', '\\ud83d', line(utf8('\ufffd'), { partial: true })],
    ['what docker puts for invalid UTF-8', '\\ufffd\\n', line(utf8('\ufffd'))],
    ['UTF-8', `${utf8('日本 é 😀')}\\n`, line(utf8('日本 é 😀'))],
    ['bytes that are no UTF-8', '\xff\xc3(\\n', line('\xff\xc3(')],
    ['the same beside an escape', '\xff\xc3(\\t\\n', line('\xff\xc3(\t')],
    ['a record as text', '{\\"log\\":\\"x\\\\n\\",\\"stream\\":\\"stderr\\"}\\n', line('{"log":"x\\n","stream":"stderr"}')],
  ])('%s', (_, log, want) => {
    expect(decode(record(log))).toEqual(want);
  });

  test('any text that JSON can hold comes out as JSON.parse has it', () => {
    fc.assert(
      fc.property(texts, fc.boolean(), (text, ascii) => {
        const json = JSON.stringify(text);
        const log = ascii ? json.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`) : utf8(json);
        const content = utf8(text.endsWith('\n') ? text.slice(0, -1) : text);
        expect(decode(record(log.slice(1, -1)))).toEqual(line(content, { partial: !text.endsWith('\n') }));
      }),
    );
  });
});

describe('records', () => {
  const time = '"time":"2024-05-01T12:00:00.1Z"';
  test.each<[what: string, record: string, want: Decoded]>([
    ['stderr', `{"log":"x\\n","stream":"stderr",${time}}`, line('x', { channel: 'stderr' })],
    [
      'nine digits',
      '{"log":"x\\n","stream":"stdout","time":"2024-05-01T12:00:00.123456789Z"}',
      line('x', { time: '1714564800.123456789' }),
    ],
    ['no fraction', '{"log":"x\\n","stream":"stdout","time":"2024-05-01T12:00:00Z"}', line('x', { time: '1714564800.0' })],
    ['attributes', `{"log":"x\\n","stream":"stdout","attrs":{"tag":"a,b","time":"never"},${time}}`, line('x')],
    ['attributes and escapes', `{"log":"\\"x\\"\\n","stream":"stderr","attrs":{"k":"}"},${time}}`, line('"x"', { channel: 'stderr' })],
    ['an absent log', `{"stream":"stdout",${time}}`, line('', { partial: true })],
    ['keys in another order', `{${time},"stream":"stderr","log":"x\\n"}`, line('x', { channel: 'stderr' })],
    ['log first, then another order', `{"log":"x",${time},"stream":"stderr"}`, line('x', { channel: 'stderr', partial: true })],
    ['blanks', `{ "log": "x\\n", "stream": "stdout", ${time} }`, line('x')],
    ['an unknown key', `{"log":"x\\n","stream":"stdout",${time},"more":1}`, line('x')],
  ])('%s', (_, text, want) => {
    expect(decode(text)).toEqual(want);
  });

  test.each([
    ['nothing', ''],
    ['an empty object', '{}'],
    ['an array', '[]'],
    ['null', 'null'],
    ['no time', '{"log":"x\\n","stream":"stdout"}'],
    ['no stream', `{"log":"x\\n",${time}}`],
    ['another stream', `{"log":"x\\n","stream":"stdin",${time}}`],
    ['a stream that only begins so', `{"log":"x\\n","stream":"stdoutx",${time}}`],
    ['a time that is none', '{"log":"x\\n","stream":"stdout","time":"yesterday"}'],
    ['something after the time', '{"log":"x\\n","stream":"stdout","time":"2024-05-01T12:00:00.1Z "}'],
    ['time only among the attributes', `{"log":"x\\n","stream":"stdout","attrs":{${time}}}`],
    ['a log that is no text', `{"log":1,"stream":"stdout",${time}}`],
    ['an escape that is none', record('a\\xb\\n')],
    ['a number that is none', record('a\\u12g4\\n')],
    ['a number cut off', record('a\\u12')],
    ['the closing quote escaped', record('a\\')],
    ['another closing', `{"log":"x\\n","stream":"stdout",${time}]`],
    ['something behind', `{"log":"x\\n","stream":"stdout",${time}}x`],
    ['a record of containerd', '2024-05-01T12:00:00.1Z stdout F hello'],
    ['NULs', '\0\0\0\0'],
  ])('not: %s', (_, text) => {
    expect(decode(text)).toBeNull();
  });

  test('no begin of a record is one', () => {
    const text = '{"log":"\\"a\\u00e9\\n","stream":"stdout","attrs":{"a":"b"},"time":"2024-05-01T12:00:00.1Z"}';
    for (let end = 0; end < text.length; end += 1) expect([end, decode(text.slice(0, end))]).toEqual([end, null]);
  });
});

describe('a text in stretches', () => {
  test('ends where its bytes are not those of a text any more', () => {
    const view = Object.assign(new RecordView(), { buffer: Buffer.from('\\x'), start: 0, end: 2 });
    expect(decodeDockerText(view, 10)).toBe(-1);
  });

  test('its stretches make up the whole, none longer than the limit, wherever it is cut', () => {
    fc.assert(
      fc.property(texts, fc.boolean(), fc.integer({ min: 4, max: 40 }), (words, ends, limit) => {
        const log = JSON.stringify(words + (ends ? '\n' : ''));
        const bytes = Buffer.from(`{"log":${log},"stream":"stdout","time":"2024-05-01T12:00:00.1Z"}`);
        const view = new RecordView();
        const stretches: Buffer[] = [];
        for (let at = dockerTextStart(bytes, 0, bytes.length, view); at !== -1; ) {
          Object.assign(view, { buffer: bytes, start: at, end: bytes.length });
          at = decodeDockerText(view, limit);
          stretches.push(view.buffer.subarray(view.start, view.end));
          expect(view.end - view.start).toBeLessThanOrEqual(limit);
          if (at !== -1) expect(view.end - view.start).toBeGreaterThan(limit - 4);
        }
        const whole = words + (ends ? '\n' : '');
        expect(Buffer.concat(stretches).toString()).toBe(Buffer.from(whole.endsWith('\n') ? whole.slice(0, -1) : whole).toString());
        expect(view.partial).toBe(!whole.endsWith('\n'));
      }),
    );
  });
});
