import { describe, expect, test } from 'vitest';
import { sourceOfId } from '../../agent/discover/log-path.ts';
import { INITIAL_STATE, type Position } from '../../agent/model/position.ts';
import type { Source } from '../../agent/model/source.ts';
import { Roster } from '../../agent/pipeline/roster.ts';
import { ScriptedStore } from '../simulation/scripted-store.ts';
import { assembleBench } from '../support/assemble-bench.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { LogRecorder } from '../support/log-recorder.ts';
import { tempDir } from '../support/temp-dir.ts';

const MINUTE_MS = 60_000;

/** A position of a source that has more than was settled. */
const UNSETTLED: Position = {
  files: [{ file: { dev: '1', ino: '1' }, fingerprint: { bytes: 1, hash: 'x' }, size: 100 }],
  channels: [
    { file: 0, offset: 40, record: null, state: INITIAL_STATE },
    { file: 0, offset: 70, record: null, state: INITIAL_STATE },
  ],
  gaps: [],
};

function sourceNamed(name: string): Source {
  return sourceOfId(idOf(name))!;
}

function idOf(name: string): string {
  return `shop_${name}_u-1/app/0`;
}

/** A roster of logs that cannot be opened, and of which positions it was told that they are gone. */
function rosterOf(names: readonly string[]): { roster: Roster<never>; clock: FakeClock; gone: string[]; answers: { later: boolean } } {
  const clock = new FakeClock();
  const gone: string[] = [];
  const answers = { later: false };
  const roster = new Roster<never>(
    {
      open: () => 'denied',
      reportGone(id) {
        if (answers.later) return 'later';
        gone.push(id);
        return null;
      },
      excludes: () => false,
      clock,
      log: new LogRecorder().throttled(clock),
      pollMinMs: 250,
      partIdleMs: 10_000,
      isFirstRun: false,
    },
    Object.fromEntries(names.map((name) => [idOf(name), UNSETTLED])),
  );
  return { roster, clock, gone, answers };
}

describe('positions of sources that are not open', () => {
  test('are kept for a minute after the source was last there, however long it could not be opened before', async () => {
    const { roster, clock, gone } = rosterOf(['a', 'b']);
    const [a, b] = [sourceNamed('a'), sourceNamed('b')];
    for (let hour = 0; hour < 3; hour += 1) {
      roster.update([a, b]);
      await clock.advance(60 * MINUTE_MS);
    }
    roster.update([a, b]);
    await clock.advance(MINUTE_MS / 2);
    roster.update([a]);
    expect(gone).toStrictEqual([]);
    await clock.advance(MINUTE_MS);
    roster.update([a]);
    expect(gone).toStrictEqual([idOf('b')]);
    expect(Object.keys(roster.checkpoint())).toStrictEqual([idOf('a')]);
  });

  test('are kept for an hour where nothing at all is left, as when a mount is away', async () => {
    const { roster, clock, gone } = rosterOf(['a']);
    roster.update([sourceNamed('a')]);
    await clock.advance(59 * MINUTE_MS);
    roster.update([]);
    expect(gone).toStrictEqual([]);
    await clock.advance(2 * MINUTE_MS);
    roster.update([]);
    expect(gone).toStrictEqual([idOf('a')]);
  });

  test('I5 are kept until it can be said what is missing', async () => {
    const { roster, clock, gone, answers } = rosterOf(['a', 'b']);
    await clock.advance(2 * MINUTE_MS);
    answers.later = true;
    roster.update([sourceNamed('b')]);
    expect(Object.keys(roster.checkpoint())).toStrictEqual([idOf('a'), idOf('b')]);
    answers.later = false;
    roster.update([sourceNamed('b')]);
    expect(gone).toStrictEqual([idOf('a')]);
    expect(Object.keys(roster.checkpoint())).toStrictEqual([idOf('b')]);
  });
});

describe('many pods that are gone at once', () => {
  const PODS = 20_000;

  test('I3 I5 the records of what is missing of them stay within the memory budget, and all are stored in the end', async () => {
    await using dir = await tempDir();
    const clock = new FakeClock();
    const store = new ScriptedStore(clock);
    const positions = Object.fromEntries(Array.from({ length: PODS }, (_, n) => [idOf(`p-${n}`), UNSETTLED]));
    const { pipeline, update, lanes, budget, totals } = await assembleBench(dir.path, clock, { store, positions });
    lanes.start();
    await clock.advance(2 * MINUTE_MS);
    const scan = (): void => update([sourceNamed('other')]);
    const heldByOthers = budget.availableBytes;
    budget.take(heldByOthers);
    scan();
    expect(budget.usedBytes).toBeLessThanOrEqual(budget.limitBytes);
    budget.give(heldByOthers);
    for (let scans = 0; Object.keys(pipeline.checkpoint()).length > 0 && scans < 500; scans += 1) {
      scan();
      expect(budget.usedBytes).toBeLessThanOrEqual(budget.limitBytes);
      await clock.advance(10_000);
    }
    expect(store.stored.filter(({ isGap }) => isGap)).toHaveLength(PODS);
    expect(totals.droppedBytes.deleted_unread).toBe(PODS * 60);
    expect(pipeline.checkpoint()).toStrictEqual({});
    await lanes[Symbol.asyncDispose]();
  });
});
