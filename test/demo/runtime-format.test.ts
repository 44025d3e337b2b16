import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Time } from '../../agent/runtime/civil-time.ts';
import { type Runtime, runtimeFormat } from '../../agent/demo/runtime-format.ts';
import { STDERR, STDOUT } from '../../agent/model/record.ts';

/** 2024-05-01T12:00:00.1Z */
const NOON: Time = [1_714_564_800, 100_000_000];

function print(runtime: Runtime, text: string | Buffer): string {
  return runtimeFormat(runtime).print(STDOUT, Buffer.from(text), NOON).toString('latin1');
}

describe('containerd', () => {
  test('zeros at the end of the time are trimmed, an empty line keeps the space, a CR goes', () => {
    expect(print('containerd', 'hello\n')).toBe('2024-05-01T12:00:00.1Z stdout F hello\n');
    expect(print('containerd', '\n')).toBe('2024-05-01T12:00:00.1Z stdout F \n');
    expect(print('containerd', 'a\r\nb\r\n')).toBe('2024-05-01T12:00:00.1Z stdout F a\n2024-05-01T12:00:00.100000001Z stdout F b\n');
    expect(runtimeFormat('containerd').print(STDERR, Buffer.from('x\n'), [NOON[0], 0]).toString()).toBe(
      '2024-05-01T12:00:00Z stderr F x\n',
    );
  });

  test('a line of 16384 bytes is whole, a longer one is cut into parts of 16384', () => {
    expect(print('containerd', `${'x'.repeat(16_384)}\n`)).toBe(`2024-05-01T12:00:00.1Z stdout F ${'x'.repeat(16_384)}\n`);
    expect(print('containerd', `${'x'.repeat(40_000)}\n`)).toBe(
      `2024-05-01T12:00:00.1Z stdout P ${'x'.repeat(16_384)}\n` +
        `2024-05-01T12:00:00.100000001Z stdout P ${'x'.repeat(16_384)}\n` +
        `2024-05-01T12:00:00.100000002Z stdout F ${'x'.repeat(7232)}\n`,
    );
  });

  test('an open line is held per channel until it ends, or flushed as a part', () => {
    const format = runtimeFormat('containerd');
    expect(format.print(STDOUT, Buffer.from('par'), NOON).toString()).toBe('');
    expect(format.print(STDERR, Buffer.from('oops\n'), NOON).toString()).toBe('2024-05-01T12:00:00.1Z stderr F oops\n');
    expect(format.print(STDOUT, Buffer.from('tial\nrest'), NOON).toString()).toBe('2024-05-01T12:00:00.100000001Z stdout F partial\n');
    expect(format.flush(NOON).toString()).toBe('2024-05-01T12:00:00.100000002Z stdout P rest\n');
    expect(format.flush(NOON).toString()).toBe('');
  });
});

describe('conmon', () => {
  test('lines of one read share a time of nine digits and a numeric zone; a CR stays', () => {
    expect(print('conmon', '.\n.\r\n\n')).toBe(
      '2024-05-01T12:00:00.100000000+00:00 stdout F .\n' +
        '2024-05-01T12:00:00.100000000+00:00 stdout F .\r\n' +
        '2024-05-01T12:00:00.100000000+00:00 stdout F \n',
    );
  });

  test('a read ends after 8192 bytes, wherever the line is', () => {
    const stamp = '2024-05-01T12:00:00.100000000+00:00 stdout';
    expect(print('conmon', `${'x'.repeat(8192)}\n`)).toBe(`${stamp} P ${'x'.repeat(8192)}\n${stamp} F \n`);
    expect(print('conmon', `${'x'.repeat(8187)}\nburst\n`)).toBe(`${stamp} F ${'x'.repeat(8187)}\n${stamp} P burs\n${stamp} F t\n`);
    expect(print('conmon', 'prompt> ')).toBe(`${stamp} P prompt> \n`);
  });
});

describe('docker', () => {
  test('a record is JSON, and the line feed in it tells that the line ends', () => {
    expect(print('docker', 'part "one"\n')).toBe('{"log":"part \\"one\\"\\n","stream":"stdout","time":"2024-05-01T12:00:00.1Z"}\n');
  });

  test('a line of 16384 bytes has a second record for its line feed, at the same time', () => {
    expect(print('docker', `${'x'.repeat(16_384)}\n`)).toBe(
      `{"log":"${'x'.repeat(16_384)}","stream":"stdout","time":"2024-05-01T12:00:00.1Z"}\n` +
        '{"log":"\\n","stream":"stdout","time":"2024-05-01T12:00:00.1Z"}\n',
    );
  });

  test('bytes that are no UTF-8 are lost to U+FFFD', () => {
    expect(Buffer.from(print('docker', Buffer.from([0xff, 10])), 'latin1').toString()).toContain('"log":"\ufffd\\n"');
  });
});

test.each(['containerd', 'conmon'] as const)('%s: parts joined per channel are what was printed', (runtime) => {
  const write = fc.tuple(fc.constantFrom(STDOUT, STDERR), fc.uint8Array({ maxLength: 20_000, size: 'max' }));
  fc.assert(
    fc.property(fc.array(write, { maxLength: 6 }), (writes) => {
      const format = runtimeFormat(runtime);
      const printed = [Buffer.alloc(0), Buffer.alloc(0)];
      const records = writes.map(([channel, bytes]) => {
        const safe = Buffer.from(bytes.map((byte) => (byte === 13 ? 14 : byte)));
        printed[channel] = Buffer.concat([printed[channel] ?? Buffer.alloc(0), safe]);
        return format.print(channel, safe, NOON);
      });
      expect(join(Buffer.concat([...records, format.flush(NOON)]))).toStrictEqual(printed);
    }),
    { numRuns: 50 },
  );
});

/** What the records of stdout and stderr say, parts joined and line feeds put back. */
function join(log: Buffer): Buffer[] {
  const channels: string[] = ['', ''];
  for (const record of log.toString('latin1').split('\n').slice(0, -1)) {
    const [, channel, tag] = record.split(' ', 3);
    const body = record.split(' ').slice(3).join(' ');
    channels[channel === 'stderr' ? 1 : 0] += body + (tag === 'F' ? '\n' : '');
  }
  return channels.map((text) => Buffer.from(text, 'latin1'));
}
