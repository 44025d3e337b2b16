import assert from 'node:assert';
import * as fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { isPosition } from '../../agent/checkpoint/position-shape.ts';
import { SourceDecoder } from '../../agent/decode/source-decoder.ts';
import type { Multiline } from '../../agent/model/multiline.ts';
import type { ResumePoint } from '../../agent/model/position.ts';
import { ByteBudget } from '../../agent/runtime/byte-budget.ts';
import { Wakeup } from '../../agent/runtime/wakeup.ts';
import { type Entry, entryOf, LogFeed } from './log-feed.ts';
import { type RandomLog, randomLogs, stops } from './random-log.ts';
import { randomMultiline } from './random-rule.ts';

vi.setConfig({ testTimeout: 60_000 });

interface Traced {
  readonly entry: Entry;
  readonly malformed: boolean;
  /** Where the source would resume for this entry to come again, and when it and all before it are settled; as JSON, as in a checkpoint. */
  readonly before: string;
  readonly after: string;
}

interface JoinedLog extends RandomLog {
  readonly multiline: Multiline | undefined;
}

/** One life of the agent: from where it resumes, and at which sizes it finds the log. */
interface Life {
  readonly resume?: ResumePoint;
  readonly places?: readonly number[];
}

class Tracer {
  readonly traced: Traced[] = [];
  readonly feed: LogFeed;

  constructor({ files, maxLineBytes, chunkBytes, partBytes, multiline }: JoinedLog, resume: ResumePoint = SourceDecoder.start) {
    const partBudget = new ByteBudget(partBytes, new Wakeup());
    this.feed = new LogFeed(files, { maxLineBytes, chunkBytes, partBudget, partWaitSeconds: 60, resume, multiline });
  }

  readonly take = (): void => {
    const entry = entryOf(this.feed.view);
    const malformed = entry.metadata?.some(([name, value]) => name === 'parse_error' && value === 'malformed') ?? false;
    const { decoder } = this.feed;
    this.traced.push({
      entry,
      malformed,
      before: JSON.stringify(decoder.resumeBeforeEntry()),
      after: JSON.stringify(decoder.resumePoint()),
    });
  };

  readOn(places: readonly number[] = []): Traced[] {
    for (const place of places) this.feed.readTo(place, this.take);
    this.feed.readTo(Number.POSITIVE_INFINITY, this.take);
    this.feed.end(this.take);
    return this.traced;
  }
}

function trace(log: JoinedLog, { resume, places }: Life = {}): Traced[] {
  return new Tracer(log, resume).readOn(places);
}

/** A point as it comes back from a checkpoint, which takes it only if it is of the shape of one. */
function parsePoint(json: string): ResumePoint {
  const point = JSON.parse(json) as ResumePoint;
  const files = [{ file: { dev: '1', ino: '2' }, fingerprint: { bytes: 0, hash: '' }, size: 0 }];
  assert(isPosition({ files, channels: point.map(({ at, ...resume }) => ({ ...resume, file: 0, offset: at })), gaps: [] }), json);
  return point;
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

/** Lines that are entries of their own, and lines that are joined. */
const plainLogs = randomLogs.map((log): JoinedLog => ({ ...log, multiline: undefined }));
const joinedLogs = fc.tuple(randomLogs, randomMultiline).map(([log, multiline]): JoinedLog => ({ ...log, multiline }));

describe.each([
  ['of lines', plainLogs],
  ['of records of several lines', joinedLogs],
])('after a restart amid a log %s', (_, logs) => {
  test('I9: what was not settled comes again, byte for byte, and nothing else', () => {
    fc.assert(
      fc.property(logs, fc.tuple(stops, stops), fc.nat(), fc.boolean(), (log, [places, otherPlaces], moment, settled) => {
        const all = trace(log, { places });
        fc.pre(all.length > 0);
        const index = moment % all.length;
        const { before, after } = all[index]!;
        const point = parsePoint(settled ? after : before);
        const again = trace(log, { places: otherPlaces, resume: point });
        expect(again.map(({ entry }) => show(entry))).toEqual(comesAgain(all, point).map(({ entry }) => show(entry)));

        const unsettled = all.slice(settled ? index + 1 : index);
        const shown = new Set(again.map(({ entry }) => show(entry)));
        expect(unsettled.filter(({ entry }) => !shown.has(show(entry)))).toEqual([]);
        // Only lines of no known form amid the parts of an unfinished one are read twice, with them.
        const twice = comesAgain(all, point).filter((traced) => !unsettled.includes(traced));
        expect(twice.filter(({ malformed }) => !malformed)).toEqual([]);
      }),
      { numRuns: 3000 },
    );
  });

  test('I9: so it does after unfinished lines were given up in a silence', () => {
    fc.assert(
      fc.property(logs, fc.nat({ max: 4000 }), stops, fc.nat(), (log, silence, places, moment) => {
        const tracer = new Tracer(log);
        tracer.feed.readTo(silence, tracer.take);
        fc.pre(tracer.feed.decoder.holds);
        tracer.feed.end(tracer.take);
        const givenUp = tracer.traced.length - 1;
        const all = tracer.readOn();
        const { after } = all[givenUp + (moment % (all.length - givenUp))]!;
        const again = trace(log, { places, resume: parsePoint(after) });
        expect(again.map(({ entry }) => show(entry))).toEqual(comesAgain(all, parsePoint(after)).map(({ entry }) => show(entry)));
      }),
      { numRuns: 1000 },
    );
  });

  test('I8: however often the agent is killed, everything is delivered, and all of it equal', () => {
    fc.assert(
      fc.property(logs, fc.array(fc.tuple(fc.nat(), stops), { minLength: 1, maxLength: 8 }), (log, kills) => {
        const all = trace(log).map(({ entry }) => show(entry));
        const delivered = new Set<string>();
        let resume = SourceDecoder.start;
        for (const [moment, places] of kills) {
          const life = trace(log, { places, resume });
          const index = life.length === 0 ? 0 : moment % life.length;
          for (const { entry } of life.slice(0, index)) delivered.add(show(entry));
          const last = life[index];
          if (last !== undefined) resume = parsePoint(last.before);
        }
        for (const { entry } of trace(log, { resume })) delivered.add(show(entry));
        expect([...delivered].toSorted()).toEqual([...new Set(all)].toSorted());
      }),
      { numRuns: 1000 },
    );
  });
});
