import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { SourceDecoder } from '../../agent/decode/source-decoder.ts';
import { SpareBuffers } from '../../agent/decode/spare-buffers.ts';
import { Counters } from '../../agent/model/counters.ts';
import { RecordView } from '../../agent/model/record.ts';
import { SHAPES, type Shape } from '../../agent/model/shape.ts';
import { Pattern } from '../../agent/patterns/pattern.ts';
import { Entry } from '../../agent/process/entry.ts';
import { RedactStage } from '../../agent/process/redact-stage.ts';
import { Scratch } from '../../agent/process/scratch.ts';
import { ByteBudget } from '../../agent/runtime/byte-budget.ts';
import { Wakeup } from '../../agent/runtime/wakeup.ts';

const MAX_LINE_BYTES = 10_000;

const SECRETS: Readonly<Record<Shape | 'token', readonly string[]>> = {
  email: ['bob.smith+x@mail.example.com'],
  card: ['4111 1111 1111 1111', '5105105105105100'],
  jwt: ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl'],
  bearer: ['ya29.a0AfH6SMB'],
  aws_access_key: ['AKIAIOSFODNN7EXAMPLE'],
  private_key: ['MHcCAQEEIBkg'],
  ipv4: ['203.0.113.77'],
  ipv6: ['2001:db8::8a2e:370:7334'],
  token: ['ghp_abcdefghijklmnopqrstuvwxyz0123456789'],
};

/** How a secret stands in a line, where that belongs to its shape. */
const AROUND: Partial<Record<Shape | 'token', readonly [string, string]>> = {
  bearer: ['Authorization: Bearer ', ''],
  private_key: ['-----BEGIN EC PRIVATE KEY-----\\n', '\\n-----END EC PRIVATE KEY-----'],
};

const secret = fc
  .constantFrom(...(Object.keys(SECRETS) as (Shape | 'token')[]))
  .chain((kind) => fc.constantFrom(...SECRETS[kind]).map((text) => (AROUND[kind] ?? ['', '']).join(text)));
const harmless = fc.constantFrom('user', '{"msg":"', '"}', 'é', '日本', 'took 12ms', '\\"', 'x'.repeat(3000), '=', 'GET /cart');
const line = fc
  .array(fc.oneof(secret, harmless), { minLength: 1, maxLength: 5 })
  .map((pieces) => pieces.join(' '))
  .filter((line) => Buffer.byteLength(line) <= MAX_LINE_BYTES);

/** The record of a line, or those of its parts, as containerd writes them. */
function recordsOf(line: string, cuts: readonly number[]): string {
  const bytes = Buffer.from(line);
  const places = [...new Set(cuts.map((cut) => cut % bytes.length))].filter((place) => place > 0).toSorted((a, b) => a - b);
  return [...places, bytes.length]
    .map((end, index) => {
      const text = bytes.toString('latin1', places[index - 1] ?? 0, end);
      return `2024-05-01T12:00:00Z stdout ${index === places.length ? 'F' : 'P'} ${text}\n`;
    })
    .join('');
}

/** Entries as the pipeline takes them from a log, one entry object for all. */
function* entriesOf(log: Buffer, chunkBytes: number): Generator<Entry> {
  const options = {
    maxLineBytes: MAX_LINE_BYTES,
    partWaitSeconds: 10,
    partBudget: new ByteBudget(1_000_000, new Wakeup()),
    spares: new SpareBuffers(),
  };
  const decoder = new SourceDecoder(options, SourceDecoder.start);
  const view = new RecordView();
  const entry = new Entry(view);
  for (let at = 0, bytes = chunkBytes; at < log.length; ) {
    const chunk = {
      bytes: log.subarray(at, at + bytes),
      at,
      startsFile: at === 0,
      endsFile: at + bytes >= log.length,
      afterGap: false,
      full: false,
    };
    decoder.feed(chunk, [1, 0]);
    entry.chunk = chunk.bytes;
    while (decoder.next(view)) {
      entry.begin(view, [], []);
      yield entry;
    }
    // A chunk that holds no whole record is read again with more.
    bytes = decoder.consumed === 0 ? bytes * 2 : chunkBytes;
    at += decoder.consumed;
  }
}

const TOKEN = { name: 'token', pattern: new Pattern('gh[pousr]_[A-Za-z0-9]{36}'), replacement: undefined };
/** Those that stand out, so that whole chunks are searched for them. */
const SIGNED = ['email', 'jwt'] as const;

test.each([
  { shapes: SHAPES, patterns: [TOKEN], secrets: Object.values(SECRETS).flat() },
  { shapes: SIGNED, patterns: [], secrets: SIGNED.flatMap((shape) => SECRETS[shape]) },
])('I5 no planted secret is left, wherever parts of lines and chunks of the log are cut ($shapes)', ({ shapes, patterns, secrets }) => {
  const stage = new RedactStage({
    options: {
      shapes,
      patterns,
      replacement: '[redacted:{shape}]',
      maxLineBytes: MAX_LINE_BYTES,
    },
    scratch: new Scratch(),
    counts: new Counters().redactions,
  });
  const lines = fc.array(fc.tuple(line, fc.array(fc.nat(), { maxLength: 4 })), { minLength: 1, maxLength: 6 });
  let planted = 0;
  fc.assert(
    fc.property(lines, fc.integer({ min: 10, max: 4000 }), (lines, chunkBytes) => {
      const log = Buffer.from(lines.map(([line, cuts]) => recordsOf(line, cuts)).join(''), 'latin1');
      const sent: string[] = [];
      for (const entry of entriesOf(log, chunkBytes)) {
        stage.apply(entry);
        const { view } = entry;
        sent.push(view.buffer.toString('utf8', view.start, view.end));
      }
      expect(sent).toHaveLength(lines.length);
      for (const text of secrets) {
        planted += lines.filter(([line]) => line.includes(text)).length;
        expect(sent.filter((line) => line.includes(text))).toStrictEqual([]);
      }
    }),
    { numRuns: 500 },
  );
  expect(planted).toBeGreaterThan(50);
});
