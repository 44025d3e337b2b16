import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Counters } from '../../agent/model/counters.ts';
import type { Shape } from '../../agent/model/shape.ts';
import { Entry } from '../../agent/process/entry.ts';
import { RedactStage } from '../../agent/process/redact-stage.ts';
import { SHAPE_FINDERS } from '../../agent/shapes/shape-finders.ts';
import { Scratch } from '../../agent/process/scratch.ts';
import { processed, viewOf } from './entry.ts';
import { SHAPE_ORACLES } from './shape-oracles.ts';

const MAX_LINE_BYTES = 262_144;

function redactor(shapes: readonly Shape[], options: { replacement?: string; maxLineBytes?: number } = {}): RedactBench {
  const counters = new Counters();
  const written = { replacement: '[redacted:{shape}]', maxLineBytes: MAX_LINE_BYTES, ...options, shapes, patterns: [] };
  const stage = new RedactStage({ options: written, scratch: new Scratch(), counts: counters.redactions });
  return { stage, counters, text: (line) => processed(stage, Buffer.from(line, 'latin1')).text.toString('latin1') };
}

interface RedactBench {
  readonly stage: RedactStage;
  readonly counters: Counters;
  readonly text: (line: string) => string;
}

describe(RedactStage, () => {
  test.each<[Shape, string, string]>([
    ['email', 'mail bob@example.com, not root@host', 'mail [redacted:email], not root@host'],
    [
      'email',
      '{"msg":"from:\\nbob@example.com \\u003cal@example.com\\u003e"}',
      '{"msg":"from:\\n[redacted:email] \\u003c[redacted:email]\\u003e"}',
    ],
    ['ipv6', '\\u003cfe80::1\\u003e\\n::1\\n', '\\u003c[redacted:ipv6]\\u003e\\n[redacted:ipv6]\\n'],
    ['bearer', '\\r\\nBearer abc\\r\\n', '\\r\\nBearer [redacted:bearer]\\r\\n'],
    ['card', 'paid with 4111 1111 1111 1111 at 1714564800123', 'paid with [redacted:card] at 1714564800123'],
    ['card', '{"id":4111111111111112,"pan":"4111111111111111"}', '{"id":4111111111111112,"pan":"[redacted:card]"}'],
    ['jwt', 'token=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln;', 'token=[redacted:jwt];'],
    ['bearer', 'Authorization: Bearer abc.def', 'Authorization: Bearer [redacted:bearer]'],
    ['bearer', '{"authorization":"Basic dXNlcjpwYXNz","x":1}', '{"authorization":"[redacted:bearer]","x":1}'],
    ['bearer', '{\\"Authorization\\":\\"token abc\\"}', '{\\"Authorization\\":\\"[redacted:bearer]\\"}'],
    ['aws_access_key', 'key AKIAIOSFODNN7EXAMPLE.', 'key [redacted:aws_access_key].'],
    ['private_key', 'k: -----BEGIN EC PRIVATE KEY-----\\nMHc\\n-----END EC PRIVATE KEY----- x', 'k: [redacted:private_key] x'],
    ['private_key', '-----BEGIN PRIVATE KEY-----', '[redacted:private_key]'],
    ['private_key', `${'MIIEvQIBADANBgkq'.repeat(4)}\r`, '[redacted:private_key]\r'],
    ['private_key', '0123456789abcdef'.repeat(4), '0123456789abcdef'.repeat(4)],
    ['private_key', '-----BEGIN CERTIFICATE-----', '-----BEGIN CERTIFICATE-----'],
    ['ipv4', '10.0.0.1:80 v1.2.3.4 1.2.3.4.5', '[redacted:ipv4]:80 v1.2.3.4 1.2.3.4.5'],
    ['ipv6', '[fe80::1%eth0]:80 12:34:56 std::begin', '[[redacted:ipv6]%eth0]:80 12:34:56 std::begin'],
  ])('%s: %s', (shape, line, want) => {
    const { text, counters } = redactor([shape]);
    expect(text(line)).toBe(want);
    expect(counters.redactions[shape]).toBe(want.split(`[redacted:${shape}]`).length - 1);
  });

  test('an entry without any stays where it is', () => {
    const view = viewOf(Buffer.from('nothing here'));
    const { buffer, start, end } = view;
    expect(redactor(['email', 'ipv4', 'jwt']).stage.apply(new Entry(view))).toBe(true);
    expect(view.buffer).toBe(buffer);
    expect([view.start, view.end, view.metadata]).toStrictEqual([start, end, null]);
  });

  test('each shape looks at what those before it have left', () => {
    const line = 'bob@b.cd from 10.0.0.1 and 10.0.0.2, Bearer eyJa.eyJb.c, al@b.cd';
    const { text, counters } = redactor(['ipv4', 'email', 'jwt', 'bearer'], { replacement: '<{shape}>' });
    expect(text(line)).toBe('<email> from <ipv4> and <ipv4>, Bearer <jwt>, <email>');
    expect(counters.redactions).toMatchObject({ ipv4: 2, email: 2, jwt: 1, bearer: 0 });
  });

  test('the replacement is text as any other: empty, or with the name of the shape as often as it is wanted', () => {
    expect(redactor(['email'], { replacement: '' }).text('a@b.cd!')).toBe('!');
    expect(redactor(['email'], { replacement: '{shape} $& {shape}' }).text('a@b.cd!')).toBe('email $& email!');
  });

  test('I3 no entry becomes longer than a line may be, whatever is replaced', () => {
    const shortest = 'a@b.c ';
    const { text } = redactor(['email'], { maxLineBytes: 20 });
    expect(text(`${shortest}${shortest}x@y.z`)).toBe('[redacte [reda [reda');
    fc.assert(
      fc.property(fc.array(fc.constantFrom(shortest, 'long.name@example.com ', 'x'), { maxLength: 30 }), fc.nat(100), (pieces, spare) => {
        const line = pieces.join('');
        const maxLineBytes = line.length + spare;
        const redacted = redactor(['email'], { maxLineBytes }).text(line);
        expect(redacted.length).toBeLessThanOrEqual(maxLineBytes);
        expect(SHAPE_ORACLES.email(redacted)).toStrictEqual([]);
      }),
    );
  });

  test('I9 of any bytes, and after any other line, comes what comes of them alone', () => {
    const shapes: readonly Shape[] = ['email', 'ipv4'];
    const { stage } = redactor(shapes);
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 30 }),
      fc.constantFrom('a@b.cd', '10.0.0.1', ' ').map((text) => Buffer.from(text)),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const line = Buffer.concat(pieces);
        const { text } = processed(stage, line);
        expect(text).toStrictEqual(processed(redactor(shapes).stage, line).text);
        expect(text).toStrictEqual(shapes.reduce(spliced, line));
      }),
      { numRuns: 500 },
    );
  });

  test('a line of 256 KiB with a secret at every turn', () => {
    const { text, counters } = redactor(['email']);
    const line = 'someone@example.com '.repeat(13_107);
    expect(text(line)).toBe('[redacted:email] '.repeat(13_107));
    expect(counters.redactions.email).toBe(13_107);
  });
});

/** The line with the texts of a shape replaced, piece by piece. */
function spliced(line: Buffer, shape: Shape): Buffer {
  const pieces: Buffer[] = [];
  const match = { start: 0, end: 0 };
  let from = 0;
  for (; SHAPE_FINDERS[shape](line, from, match); from = match.end) {
    pieces.push(line.subarray(from, match.start), Buffer.from(`[redacted:${shape}]`));
  }
  return Buffer.concat([...pieces, line.subarray(from)]);
}
