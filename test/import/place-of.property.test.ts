import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FileMark, ForeignPosition } from '../../agent/import/foreign-positions.ts';
import { logNameOf } from '../../agent/import/log-name.ts';
import { type Place, placeOf } from '../../agent/import/place-of.ts';
import { vectorFirstLine } from '../../agent/import/vector-first-line.ts';
import { candidate, endOf, lineOf, type TestFile } from './candidate.ts';

const SOURCE = { id: 'shop_cart_u-1/app/0', containerId: '' };
const LIVE = `/var/log/pods/${SOURCE.id}.log`;

/** A log as it is on disk in the end, and how far another agent had come with it when it wrote its positions. */
interface World {
  readonly files: readonly TestFile[];
  readonly asOfMs: number;
  /** The file that the agent was in, and the bytes of it that it had read. */
  readonly index: number;
  readonly offset: number;
  /** Oldest files that are deleted, never the one that the agent was in. */
  readonly deleted: number;
}

/** Lines are short and alike, so that an offset of one file is often the end of a record in another. */
const logs: fc.Arbitrary<TestFile[]> = fc
  .array(fc.array(fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 0, max: 2 })), { minLength: 1, maxLength: 8 }), {
    minLength: 1,
    maxLength: 5,
  })
  .map((written) => {
    let ms = 1000;
    return written.map((lines, i) => ({
      name: i === written.length - 1 ? '0.log' : `0.log.20240501-12000${i}`,
      ino: String(10 + i),
      records: lines.map(([pause, length]) => ({ ms: (ms += pause), text: 'x'.repeat(length) })),
    }));
  });

/** The agent is in the file that was written last, or still in the one before. */
const worlds: fc.Arbitrary<World> = logs.chain((files) => {
  const times = files.flatMap(({ records }) => records.map(({ ms }) => ms));
  return fc
    .record({ asOfMs: fc.constantFrom(...times), behind: fc.constantFrom(0, 1), read: fc.nat(), dropped: fc.nat() })
    .map(({ asOfMs, behind, read, dropped }) => {
      const newest = files.findLastIndex(({ records }) => records[0]!.ms <= asOfMs);
      const index = Math.max(0, newest - behind);
      const written = files[index]!.records.filter(({ ms }) => ms <= asOfMs).length;
      return { files, asOfMs, index, offset: endOf(files[index]!, read % (written + 1)), deleted: dropped % (index + 1) };
    });
});

/** Where `placeOf` begins in the files that are left, as a file of all there were. */
function placeIn({ files, asOfMs, deleted }: World, entries: readonly ForeignPosition[]): Place | null {
  const left = files.slice(deleted).map(candidate);
  const place = placeOf(left, SOURCE, { kind: 'positions', agent: 'fluent_bit', file: '', asOfMs, entries, ignored: 0 });
  return place === null ? null : { ...place, index: place.index + deleted };
}

function isLater(place: Place, { files, index, offset }: World): boolean {
  const read = place.index === index + 1 && place.offset === 0 && offset === endOf(files[index]!, Infinity);
  return !read && (place.index > index || (place.index === index && place.offset > offset));
}

function firstLineOf({ records }: TestFile): FileMark {
  const line = Buffer.from(lineOf(records[0]!));
  return { kind: 'first_line', crc64: vectorFirstLine(() => line)! };
}

function row({ ino }: TestFile, offset: number): ForeignPosition {
  return { path: LIVE, log: logNameOf(LIVE), mark: { kind: 'inode', ino, dev: null }, offset };
}

describe('reading never begins later than the other agent had read', () => {
  test('by path alone', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const place = placeIn(world, [{ path: LIVE, log: logNameOf(LIVE), mark: null, offset: world.offset }]);
        expect(place !== null && !isLater(place, world)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test('by inode: rows of files read before, of files that are gone, whose inodes others have got, and of files compressed since', () => {
    const scene = fc.record({
      world: worlds,
      inside: fc.nat({ max: 2 }),
      compressed: fc.nat({ max: 5 }),
      stale: fc.nat(),
      before: fc.boolean(),
    });
    fc.assert(
      fc.property(scene, ({ world: written, inside, compressed, stale, before }) => {
        const { files, index, asOfMs } = written;
        const offset = Math.min(written.offset + inside, endOf(files[index]!, Infinity));
        const rows = [row(files[index]!, offset)];
        if (before && index > written.deleted) rows.push(row(files[index - 1]!, endOf(files[index - 1]!, Infinity)));
        const younger = files.filter(({ records }) => records[0]!.ms > asOfMs);
        rows.push(...younger.map((file) => row(file, endOf(file, stale % (file.records.length + 1)))));
        const onDisk = files.map((file, i) =>
          i < Math.min(compressed, files.length - 1) ? { ...file, name: `${file.name}.gz`, ino: '9' } : file,
        );
        const world = { ...written, files: onDisk, offset };
        const place = placeIn(world, rows);
        expect(place !== null && !isLater(place, world)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test('by first line: exactly there', () => {
    fc.assert(
      fc.property(worlds, (world) => {
        const marked = (i: number, offset: number): ForeignPosition => ({
          path: null,
          log: null,
          mark: firstLineOf(world.files[i]!),
          offset,
        });
        const entries = [marked(world.index, world.offset)];
        for (let i = 0; i < world.index; i += 1) entries.unshift(marked(i, endOf(world.files[i]!, Infinity)));
        expect(placeIn(world, entries)).toStrictEqual({ index: world.index, offset: world.offset });
      }),
      { numRuns: 1000 },
    );
  });
});
