import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ResumePoint } from '../../agent/model/position.ts';
import { type Entry, entryOf, LogFeed } from './log-feed.ts';
import { type RandomLog, randomLogs, stops } from './random-log.ts';

interface Traced {
  readonly entry: Entry;
  readonly malformed: boolean;
  /** Where the source would resume for this entry to come again, and when it and all before it are settled; as JSON, as in a checkpoint. */
  readonly before: string;
  readonly after: string;
}

function trace({ files, maxLineBytes, chunkBytes }: RandomLog, places: readonly number[], resume?: ResumePoint): Traced[] {
  const feed = new LogFeed(files, { maxLineBytes, chunkBytes, partWaitSeconds: 60, ...(resume && { resume }) });
  const traced: Traced[] = [];
  const take = (): void => {
    const entry = entryOf(feed.view);
    const malformed = entry.metadata?.some(([name, value]) => name === 'parse_error' && value === 'malformed') ?? false;
    const { decoder } = feed;
    traced.push({ entry, malformed, before: JSON.stringify(decoder.resumeBeforeEntry()), after: JSON.stringify(decoder.resumePoint()) });
  };
  for (const place of places) feed.readTo(place, take);
  feed.readTo(Number.POSITIVE_INFINITY, take);
  feed.end(take);
  return traced;
}

function parsePoint(json: string): ResumePoint {
  return JSON.parse(json) as ResumePoint;
}

/** The first byte that an entry was made of. */
function startOf({ entry, before }: Traced): number {
  return parsePoint(before)[entry.channel].at;
}

function show({ channel, content, seconds, nanos, metadata }: Entry): string {
  return JSON.stringify([channel, content.toString('latin1'), seconds, nanos, metadata]);
}

/** What must come after a restart at `point`: of each channel, what begins there or later. */
function comesAgain(all: readonly Traced[], point: ResumePoint): Traced[] {
  return all.filter((traced) => startOf(traced) >= point[traced.entry.channel].at);
}

describe('after a restart', () => {
  test('I9: what was not settled comes again, byte for byte, and nothing else', () => {
    fc.assert(
      fc.property(randomLogs, stops, stops, fc.nat(), fc.boolean(), (log, places, otherPlaces, moment, settled) => {
        const all = trace(log, places);
        fc.pre(all.length > 0);
        const index = moment % all.length;
        const { before, after } = all[index]!;
        const point = parsePoint(settled ? after : before);
        const again = trace(log, otherPlaces, point);
        expect(again.map(({ entry }) => show(entry))).toEqual(comesAgain(all, point).map(({ entry }) => show(entry)));

        const unsettled = all.slice(settled ? index + 1 : index);
        const shown = new Set(again.map(({ entry }) => show(entry)));
        expect(unsettled.filter(({ entry }) => !shown.has(show(entry)))).toEqual([]);
        // A line without a record of its own is settled with what is still held of its channel.
        const twice = comesAgain(all, point).filter((traced) => !unsettled.includes(traced));
        expect(twice.filter(({ malformed }) => !malformed)).toEqual([]);
      }),
      { numRuns: 3000 },
    );
  });

  test('I8: however often the agent is killed, everything is delivered, and all of it equal', () => {
    fc.assert(
      fc.property(randomLogs, fc.array(fc.tuple(fc.nat(), stops), { minLength: 1, maxLength: 8 }), (log, kills) => {
        const all = trace(log, []).map(({ entry }) => show(entry));
        const delivered = new Set<string>();
        let resume: ResumePoint | undefined;
        for (const [moment, places] of kills) {
          const life = trace(log, places, resume);
          const index = life.length === 0 ? 0 : moment % life.length;
          for (const { entry } of life.slice(0, index)) delivered.add(show(entry));
          const last = life[index];
          if (last !== undefined) resume = parsePoint(last.before);
        }
        for (const { entry } of trace(log, [], resume)) delivered.add(show(entry));
        expect([...delivered].toSorted()).toEqual([...new Set(all)].toSorted());
      }),
      { numRuns: 1000 },
    );
  });
});
