import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { Lane } from '../../agent/deliver/lane.ts';
import { LedgerTotals } from '../../agent/ledger/ledger-totals.ts';
import { Counters } from '../../agent/model/counters.ts';
import type { Metadata } from '../../agent/model/record.ts';
import { RecordView } from '../../agent/model/record.ts';
import { lokiRoute, type LokiRoute, LokiStream } from '../../agent/outputs/loki/encode-push.ts';
import { LokiOutput } from '../../agent/outputs/loki/loki-output.ts';
import { TailedSource } from '../../agent/pipeline/tailed-source.ts';
import { ByteBudget } from '../../agent/runtime/byte-budget.ts';
import type { HttpAnswer } from '../../agent/runtime/http-client.ts';
import { LineMemory } from '../../agent/runtime/line-memory.ts';
import { Wakeup } from '../../agent/runtime/wakeup.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { plainLoki } from '../support/plain-loki.ts';
import { tailedSource } from '../support/tailed-source-bench.ts';
import { tempDir } from '../support/temp-dir.ts';

vi.setConfig({ testTimeout: 60_000 });

const NOON_MS = 1_714_564_800_000;
const CHUNK_BYTES = 4096;
const MAX_LINE_BYTES = 2000;
/** So many in a row name nobody, until single entries are found. */
const REFUSALS = 8;
const STORED: HttpAnswer = { kind: 'answer', status: 204, retryAfter: null, date: null, text: '' };
const REFUSED: HttpAnswer = { ...STORED, status: 400, text: 'no' };

/** A line, and how long after the one before it came. */
interface LogLine {
  readonly channel: 'stdout' | 'stderr';
  readonly tag: 'F' | 'P' | '?';
  readonly bytes: number;
  readonly stepNs: number;
}

interface Setup {
  readonly log: string;
  readonly batchBytes: number;
  readonly oneStream: boolean;
  readonly metadata: Metadata;
  /** How many requests the store takes before it refuses some. */
  readonly stores: number;
}

/** All that can be seen of the way of a log to a store. */
interface Seen {
  readonly bodies: string[];
  readonly positions: string[];
  readonly letters: string[];
  readonly books: string;
}

async function ship(path: string, root: string, setup: Setup, lines: LineMemory | undefined): Promise<Seen> {
  writeFileSync(path, setup.log);
  const clock = new FakeClock({ nowMs: NOON_MS });
  const seen: { bodies: string[]; positions: string[]; letters: string[] } = { bodies: [], positions: [], letters: [] };
  const post = async (_headers: object, body: Buffer): Promise<HttpAnswer> => {
    seen.bodies.push(body.toString('hex'));
    return seen.bodies.length > setup.stores && seen.bodies.length <= setup.stores + REFUSALS ? REFUSED : STORED;
  };
  const client = { post, redirect: () => undefined, [Symbol.asyncDispose]: async () => undefined };
  const output = new LokiOutput(plainLoki('http://loki/', { compression: 'none' }), clock, client);
  const budget = new ByteBudget(200_000, new Wakeup());
  const lane = new Lane({
    output,
    budget,
    clock,
    lines,
    observer: {
      stored: () => undefined,
      settled: () => undefined,
      retrying: () => undefined,
      misconfigured: () => undefined,
      refused: async (letters) => void seen.letters.push(...letters.map((letter) => JSON.stringify(letter))),
    },
    options: {
      batchBytes: setup.batchBytes,
      batchWaitMs: 1000,
      maxInFlight: 4,
      backoffMinMs: 500,
      backoffMaxMs: 30_000,
      headroomBytes: setup.batchBytes + MAX_LINE_BYTES,
      confirm: 'batch',
      maxAgeSeconds: 3600,
      maxFutureSeconds: 600,
      clockHoldSeconds: 0,
      maxLineBytes: 1000,
      streamRateBytes: 0,
      streamBurstBytes: 0,
      laneRateBytes: 0,
      laneBurstBytes: 0,
    },
  });
  lane.start();
  const [totals, counters] = [new LedgerTotals(), new Counters()];
  const pair = routes(setup);
  const source = tailedSource<LokiRoute>({ path, root, lane, pair, clock, totals, counters, lines, maxLineBytes: MAX_LINE_BYTES });
  const buffer = lines?.chunk ?? Buffer.alloc(CHUNK_BYTES);
  const latest = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  source.poll(0);
  for (let turn = 0; turn < 100 && source.unreadBytes > 0; turn += 1) {
    await source.turn(buffer, new RecordView(), { nowMs: 0, latest, aim: 'send' });
    seen.positions.push(JSON.stringify(source.position()));
    expect(source.unbalancedBytes).toBe(0);
    await clock.advance(1);
  }
  lane.seal();
  await clock.advance(5000);
  seen.positions.push(JSON.stringify(source.position()));
  const books = JSON.stringify([totals, counters, source.settled, budget.usedBytes]);
  source.close();
  await lane[Symbol.asyncDispose]();
  return { ...seen, books };
}

function routes({ oneStream, metadata }: Setup): [LokiRoute, LokiRoute] {
  const out = new LokiStream('{stream="stdout"}');
  return [lokiRoute(out, metadata), lokiRoute(oneStream ? out : new LokiStream('{stream="stderr"}'), [['channel', 'stderr']])];
}

function logOf(lines: readonly LogLine[]): string {
  let ns = BigInt(NOON_MS) * 1_000_000n;
  const records = lines.map(({ channel, tag, bytes, stepNs }, n) => {
    ns += BigInt(stepNs);
    const seconds = new Date(Number(ns / 1_000_000_000n) * 1000).toISOString().slice(0, 19);
    return `${seconds}.${String(ns % 1_000_000_000n).padStart(9, '0')}Z ${channel} ${tag} ${`${n} `.repeat(bytes).slice(0, bytes)}\n`;
  });
  return records.join('');
}

const line: fc.Arbitrary<LogLine> = fc.record({
  channel: fc.constantFrom('stdout', 'stdout', 'stdout', 'stderr'),
  tag: fc.oneof({ weight: 20, arbitrary: fc.constant('F' as const) }, fc.constantFrom('P', '?')),
  bytes: fc.oneof({ weight: 10, arbitrary: fc.nat(100) }, fc.nat(2500)),
  stepNs: fc.oneof({ weight: 20, arbitrary: fc.nat(1_000_000) }, fc.constantFrom(0, -1, 2e9, -2e9, 3600e9, -2e12, -1e13)),
});

const setup: fc.Arbitrary<Setup> = fc.record({
  log: fc.array(line, { minLength: 1, maxLength: 120 }).map(logOf),
  batchBytes: fc.constantFrom(500, 2000, 8000, 50_000),
  oneStream: fc.boolean(),
  metadata: fc.constantFrom<Metadata[]>([], [['pod', 'web-1']]),
  stores: fc.nat(6),
});

describe(TailedSource, () => {
  test('I1 I2 I5 I6 I9 lines that go in tables go as they would go one by one', async () => {
    await using dir = await tempDir();
    const path = join(dir.path, '0.log');
    const lines = new LineMemory(CHUNK_BYTES);
    await fc.assert(
      fc.asyncProperty(setup, async (setup) => {
        const oneByOne = await ship(path, dir.path, setup, undefined);
        expect(await ship(path, dir.path, setup, lines)).toStrictEqual(oneByOne);
      }),
      { numRuns: 300 },
    );
  });
});
