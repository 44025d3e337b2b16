import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { recordTime } from '../../agent/decode/record-time.ts';

const CRI = '2024-05-01T12:00:00.123456789+02:00 stdout F hello\n';
const DOCKER = '{"log":"hello\\n","stream":"stdout","attrs":{"tag":"x"},"time":"2024-05-01T10:00:00.5Z"}\n';

describe(recordTime, () => {
  test.each<[string, string, readonly [number, number] | null]>([
    ['CRI', CRI, [1_714_557_600, 123_456_789]],
    ['CRI with more behind it', CRI + CRI, [1_714_557_600, 123_456_789]],
    ['Docker', DOCKER, [1_714_557_600, 500_000_000]],
    [
      'Docker, with the same key in the text',
      `{"log":"{\\"time\\":\\"1999-01-01T00:00:00Z\\"}\\n","stream":"stdout","time":"2024-05-01T10:00:00.5Z"}\n`,
      [1_714_557_600, 500_000_000],
    ],
    ['Docker, cut off before the time', DOCKER.slice(0, 40), null],
    ['text of a program', 'hello\n', null],
    ['JSON of a program', '{"msg":"hello"}\n', null],
    ['nothing', '', null],
  ])('%s', (_, head, time) => {
    expect(recordTime(Buffer.from(head))).toStrictEqual(time);
  });

  test('a head that is cut off tells the right time or none', () => {
    for (const record of [CRI, DOCKER]) {
      const whole = recordTime(Buffer.from(record));
      // What lies behind the head in memory may be anything.
      for (let end = 0; end <= record.length; end += 1)
        expect([whole, null]).toContainEqual(recordTime(Buffer.from(record).subarray(0, end)));
    }
  });

  test('takes any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), fc.constantFrom('', '{', '{"time":"', '2024-'), (bytes, begin) => {
        const time = recordTime(Buffer.concat([Buffer.from(begin), bytes]));
        if (time !== null) expect(time.every((part) => Number.isSafeInteger(part) && part >= 0)).toBe(true);
      }),
    );
  });
});
