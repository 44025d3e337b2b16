import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { DeadLetter } from '../../../agent/deliver/dead-letters.ts';
import { Lane } from '../../../agent/deliver/lane.ts';
import type { Labels } from '../../../agent/model/labels.ts';
import type { Metadata } from '../../../agent/model/record.ts';
import type { DropReason } from '../../../agent/model/verdict.ts';
import type { LokiRoute } from '../../../agent/outputs/loki/encode-push.ts';
import { LokiOutput } from '../../../agent/outputs/loki/loki-output.ts';
import { ByteBudget } from '../../../agent/runtime/byte-budget.ts';
import { type Clock, systemClock } from '../../../agent/runtime/clock.ts';
import { Wakeup } from '../../../agent/runtime/wakeup.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeLoki } from '../../support/fake-loki.ts';
import { NOON } from '../../support/fake-loki-client.ts';
import { lineView } from '../../support/memory-output.ts';
import { plainLoki } from '../../support/plain-loki.ts';

const ENTRIES = 10_000;
const BAD = 6789;
/** No other line is as long: by that the fake Loki knows a push with it. */
const BAD_LINE = 'b'.repeat(1000);
const MOST_TURNS = 20_000;

interface BadEntry {
  readonly line?: string;
  readonly seconds?: number;
  readonly labels?: Labels;
  readonly metadata?: Metadata;
}

/** A lane on a real client and a fake Loki, their time the test's. */
class LokiBench implements AsyncDisposable {
  readonly clock: FakeClock;
  readonly loki: FakeLoki;
  readonly output: LokiOutput;
  readonly lane: Lane<LokiRoute>;
  readonly letters: DeadLetter[] = [];
  readonly drops: { readonly reason: DropReason; readonly bytes: number }[] = [];
  appended = 0;
  settled = 0;

  private constructor(clock: FakeClock, loki: FakeLoki) {
    this.clock = clock;
    this.loki = loki;
    this.output = new LokiOutput(plainLoki(loki.pushUrl, { timeoutMs: 30_000, connections: 4 }), clock);
    this.lane = new Lane({
      output: this.output,
      budget: new ByteBudget(50_000_000, new Wakeup()),
      clock,
      observer: {
        stored: () => undefined,
        settled: () => undefined,
        retrying: () => undefined,
        misconfigured: () => undefined,
        refused: async (letters) => void this.letters.push(...letters),
      },
      options: {
        batchBytes: 2_000_000,
        batchWaitMs: 1000,
        maxInFlight: 4,
        backoffMinMs: 500,
        backoffMaxMs: 30_000,
        headroomBytes: 0,
        confirm: 'batch',
        maxAgeSeconds: 604_800,
        maxFutureSeconds: 600,
        clockHoldSeconds: 300,
        maxLineBytes: 262_144,
        streamRateBytes: 0,
        streamBurstBytes: 0,
        laneRateBytes: 0,
        laneBurstBytes: 0,
      },
    });
    this.lane.start();
  }

  static async start(): Promise<LokiBench> {
    const clock = new FakeClock();
    // The store's clock is never set.
    const storeClock: Clock = { ...systemClock, now: () => NOON * 1000 + clock.monotonic(), monotonic: () => clock.monotonic() };
    return new LokiBench(clock, await FakeLoki.start({ clock: storeClock, deduplicate: false }));
  }

  append({ labels = { app: 'web' }, metadata = [['pod', 'web-0']], line = 'fine', seconds = NOON }: BadEntry): void {
    const route = this.output.route({ labels, metadata });
    const view = lineView(line, seconds);
    const origin = {
      dropped: (reason: DropReason, bytes: number) => void this.drops.push({ reason, bytes }),
      describe: (offset: number) => ({ source: 'web', file: 'web.log', offset }),
    };
    const span = { origin, from: this.appended * 10, bytes: 10 };
    const onSettled = (): void => void (this.settled += 1);
    this.appended += 1;
    const batch = this.lane.admit(route, view);
    if (typeof batch === 'string') return this.lane.refuse(route, view, span, { reason: batch, onSettled });
    this.lane.append(route, view, span);
    batch.onSettled(onSettled);
  }

  /** Lets time and the event loop go on until all is settled, and another stream has its line every second. */
  async settle(): Promise<void> {
    for (let turns = 0; this.settled < this.appended; turns += 1) {
      if (turns === MOST_TURNS) throw new Error(`${this.settled} of ${this.appended} are settled`);
      if (turns % 20 === 0 && turns < MOST_TURNS / 2) this.append({ labels: { app: 'other' }, line: String(turns) });
      await this.clock.advance(50);
      await turnOfTheLoop();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.lane[Symbol.asyncDispose]();
    await this.output[Symbol.asyncDispose]();
    await this.loki[Symbol.asyncDispose]();
  }
}

/** Ten thousand entries, one of them bad. Each of the others must be stored once, in order. */
async function deliver(bench: LokiBench, bad: BadEntry): Promise<void> {
  for (let n = 0; n < ENTRIES; n += 1) bench.append(n === BAD ? bad : { line: `line ${n}` });
  bench.lane.seal();
  await bench.settle();
  const lines = Array.from({ length: ENTRIES }, (_, n) => `line ${n}`).filter((_, n) => n !== BAD);
  expect(bench.loki.lines({ app: 'web' })).toStrictEqual(lines);
}

describe('I5 I6 one bad entry among 10,000: all others are stored once, it is kept with its reason', () => {
  test.each<[DropReason, string, BadEntry]>([
    ['line_too_long', 'a line too long', { line: 'x'.repeat(262_145) }],
    ['too_old', 'an entry too old', { line: BAD_LINE, seconds: NOON - 604_801 }],
    ['too_far_in_future', 'an entry from the future', { line: BAD_LINE, seconds: NOON + 901 }],
    ['bad_metadata', 'metadata that Loki cannot keep', { line: BAD_LINE, metadata: [['日本', 'v']] }],
    ['bad_labels', 'a label too long', { line: BAD_LINE, labels: { app: 'v'.repeat(2049) } }],
  ])('%s, before it is sent', async (reason, _, bad) => {
    await using bench = await LokiBench.start();
    await deliver(bench, bad);
    expect(bench.letters).toMatchObject([{ reason, source: 'web', file: 'web.log', offset: BAD * 10, line: Buffer.from(bad.line!) }]);
    expect(bench.drops).toStrictEqual([{ reason, bytes: 10 }]);
    expect(bench.loki.requests.filter(({ status }) => status !== 204)).toStrictEqual([]);
  });

  test.each<[DropReason, number, string]>([
    ['invalid', 400, 'nobody has ever read this'],
    ['poison', 500, 'nobody has ever read this'],
    ['bad_metadata', 500, 'normalization for label name "---" resulted in invalid name "_"'],
  ])('%s, by an answer of %i that says %j', async (reason, status, body) => {
    await using bench = await LokiBench.start();
    bench.loki.fault({ kind: 'answer', status, body }, { times: 1_000_000, when: ({ longestLine }) => longestLine === BAD_LINE.length });
    await deliver(bench, { line: BAD_LINE });
    expect(bench.letters).toMatchObject([
      { reason, detail: `HTTP ${status}: ${body}`, offset: BAD * 10, labels: '{app="web"}', line: Buffer.from(BAD_LINE) },
    ]);
    expect(bench.drops).toStrictEqual([{ reason, bytes: 10 }]);
  });
});

test("I5 a node's clock that is set back by a month makes no entry one of the future: times are the store's once it has answered", async () => {
  await using bench = await LokiBench.start();
  bench.append({ line: 'first' });
  await bench.settle();
  bench.clock.jump(-30 * 86_400_000);
  bench.append({ line: 'second', seconds: NOON + 500 });
  await bench.settle();
  expect([bench.letters, bench.loki.lines({ app: 'web' })]).toStrictEqual([[], ['first', 'second']]);
});
