import { describe, expect, test } from 'vitest';
import { GapReporter } from '../../agent/pipeline/gap-reporter.ts';
import { SourceRoutes } from '../../agent/pipeline/source-routes.ts';
import { type Gap, loss } from '../../agent/model/gap.ts';
import type { Newest } from '../../agent/model/position.ts';
import { STDERR, STDOUT } from '../../agent/model/record.ts';
import { LaneBench } from '../support/lane-bench.ts';
import { failed, MemoryOutput, type MemoryRoute, refused, STORED } from '../support/memory-output.ts';

const NOW_SECONDS = 1_714_564_800;
const DAY_SECONDS = 86_400;
const NEVER: Newest = { time: [0, 0], channel: STDOUT };

function at(seconds: number, channel: Newest['channel'] = STDOUT): Newest {
  return { time: [seconds, 0], channel };
}

function dropped(lines: number, bytes: number): Gap {
  return { reason: 'too_large', bytes, lines };
}

function benchOf(output: MemoryOutput, limits: Parameters<typeof makeLane>[1] = {}): { lanes: LaneBench; gaps: GapReporter<MemoryRoute> } {
  const lanes = makeLane(output, limits);
  const routes = new SourceRoutes(() => ({ byChannel: [lanes.route('out'), lanes.route('err')], final: true }));
  routes.find();
  return { lanes, gaps: new GapReporter({ laneOf: () => lanes.lane }, routes, lanes.clock) };
}

function makeLane(
  output: MemoryOutput,
  limits: { maxAgeSeconds?: number; maxFutureSeconds?: number; clockHoldSeconds?: number },
): LaneBench {
  return new LaneBench(output, { batchBytes: 10_000, budgetBytes: 100_000, headroomBytes: 20_000, ...limits });
}

/** Streams and seconds of the entries of all requests, in order. */
function sent(output: MemoryOutput): (readonly [stream: string, seconds: number])[] {
  return output.requests.flatMap(({ entries }) => entries.map(({ stream, seconds }) => [stream, seconds] as const));
}

describe(GapReporter, () => {
  test('I5 I8 a gap is kept, for checkpoints, until its record is stored', async () => {
    let well = false;
    const output = new MemoryOutput(() => (well ? STORED : failed()));
    const { lanes, gaps } = benchOf(output);
    await using _ = lanes.lane;
    gaps.add([loss('truncated', 10)], [NOW_SECONDS, 0]);
    expect([gaps.unsent, gaps.underWay, gaps.gaps]).toStrictEqual([true, false, [loss('truncated', 10)]]);
    gaps.report(at(NOW_SECONDS), null);
    expect([gaps.unsent, gaps.underWay, gaps.gaps]).toStrictEqual([false, true, [loss('truncated', 10)]]);
    await lanes.clock.advance(60_000);
    expect(gaps.gaps).toHaveLength(1);
    well = true;
    await lanes.clock.advance(60_000);
    expect([gaps.underWay, gaps.gaps]).toStrictEqual([false, []]);
  });

  test('gaps of one reason become one until something is said of them, and those of others stay apart', async () => {
    const output = new MemoryOutput();
    const { lanes, gaps } = benchOf(output);
    await using _ = lanes.lane;
    gaps.add([dropped(1, 10), loss('truncated', 5), dropped(2, 30)], [NOW_SECONDS - 9, 0]);
    gaps.add([dropped(1, 1)], [NOW_SECONDS - 5, 0]);
    expect(gaps.gaps).toStrictEqual([dropped(4, 41), loss('truncated', 5)]);
    gaps.report(at(NOW_SECONDS - 4), [NOW_SECONDS, 0]);
    gaps.add([dropped(1, 1)], [NOW_SECONDS, 0]);
    expect(gaps.gaps).toStrictEqual([dropped(4, 41), loss('truncated', 5), dropped(1, 1)]);
    await lanes.clock.advance(5000);
    expect(output.requests.flatMap(({ lines }) => lines)).toStrictEqual([
      'logferry: 4 lines of this log are missing between 2024-05-01T11:59:51.000000000Z and 2024-05-01T12:00:00.000000000Z: refused (too_large), see the dead letters',
      'logferry: 5 bytes at least of this log are missing between 2024-05-01T11:59:51.000000000Z and 2024-05-01T12:00:00.000000000Z: cut off before they were read',
    ]);
  });

  test('a record goes to the stream of the newest entry', async () => {
    const output = new MemoryOutput();
    const { lanes, gaps } = benchOf(output);
    await using _ = lanes.lane;
    gaps.add([loss('damaged', 1)], [NOW_SECONDS, 0]);
    gaps.report(at(NOW_SECONDS, STDERR), null);
    await lanes.clock.advance(5000);
    expect(sent(output)).toStrictEqual([['err', NOW_SECONDS]]);
  });

  describe('the time of a record', () => {
    const limits = { maxAgeSeconds: 7 * DAY_SECONDS, maxFutureSeconds: 600, clockHoldSeconds: 7200 };

    test.each<[string, Newest, number | null, number]>([
      ['is that of the newest entry', at(NOW_SECONDS - 90), NOW_SECONDS, NOW_SECONDS - 90],
      ['is that of the first entry behind it where nothing was before', NEVER, NOW_SECONDS - 30, NOW_SECONDS - 30],
      ['is now where there is no entry at all', NEVER, null, NOW_SECONDS],
      [
        'is as early as the store takes it where the newest entry is too old',
        at(NOW_SECONDS - 9 * DAY_SECONDS),
        null,
        NOW_SECONDS - 7 * DAY_SECONDS + 65,
      ],
      [
        'is that of the next entry where the newest one is too far in the future',
        at(NOW_SECONDS + DAY_SECONDS),
        NOW_SECONDS - 500,
        NOW_SECONDS - 500,
      ],
      ['is now where nothing follows an entry too far in the future', at(NOW_SECONDS + DAY_SECONDS), null, NOW_SECONDS],
    ])('%s', async (_, newest, until, seconds) => {
      const output = new MemoryOutput();
      const { lanes, gaps } = benchOf(output, limits);
      await using _lane = lanes.lane;
      gaps.add([loss('damaged', 1)], newest.time);
      gaps.report(newest, until === null ? null : [until, 0]);
      await lanes.clock.advance(5000);
      expect(sent(output)).toStrictEqual([['out', seconds]]);
    });
  });

  test('I6 of a stream that the store does not take, nothing is said in that stream', async () => {
    const output = new MemoryOutput();
    const { lanes, gaps } = benchOf(output);
    await using _ = lanes.lane;
    gaps.add(
      [
        { reason: 'bad_labels', bytes: 1, lines: 1 },
        { reason: 'bad_metadata', bytes: 1, lines: 1 },
      ],
      [NOW_SECONDS, 0],
    );
    expect(gaps.gaps).toStrictEqual([]);
    lanes.route('out').refusal = 'bad_labels';
    gaps.add([loss('damaged', 1)], [NOW_SECONDS, 0]);
    gaps.report(at(NOW_SECONDS), null);
    expect(gaps.gaps).toStrictEqual([]);
    await lanes.clock.advance(5000);
    expect(output.requests).toStrictEqual([]);
  });

  test('I6 a record that is refused leaves no gap of its own, or there would be no end', async () => {
    const output = new MemoryOutput(() => refused('invalid'));
    const { lanes, gaps } = benchOf(output);
    await using _ = lanes.lane;
    gaps.add([loss('damaged', 1)], [NOW_SECONDS, 0]);
    gaps.report(at(NOW_SECONDS), null);
    await lanes.clock.advance(5000);
    expect([gaps.gaps, gaps.unsent]).toStrictEqual([[], false]);
    expect(lanes.letters).toMatchObject([{ source: 'gap record: damaged', reason: 'invalid' }]);
  });
});
