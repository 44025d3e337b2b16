import { describe, expect, test } from 'vitest';
import type { FileMark, ForeignPosition, ForeignPositions } from '../../agent/import/foreign-positions.ts';
import { logNameOf } from '../../agent/import/log-name.ts';
import { type Place, placeOf } from '../../agent/import/place-of.ts';
import { vectorFirstLine } from '../../agent/import/vector-first-line.ts';
import { candidate, endOf, lineOf, type TestFile } from './candidate.ts';

const CONTAINER = 'c0ffee'.padEnd(64, '0');
const SOURCE = { id: 'shop_cart_u-1/app/0', containerId: CONTAINER };
const LIVE = `/var/log/pods/${SOURCE.id}.log`;
const LINK = `/var/log/containers/cart_shop_app-${CONTAINER}.log`;

function file(name: string, ino: string, ...times: readonly number[]): TestFile {
  return { name, ino, records: times.map((ms, i) => ({ ms, text: 'x'.repeat(ino.length + i) })) };
}

/** Rotated at 1300 and at 1700; records of different lengths, so that the end of one is not that of another elsewhere. */
const oldest = file('0.log.20240501-110000.gz', '1', 1000, 1100, 1200);
const rotated = file('0.log.20240501-120000', '12', 1300, 1400, 1500, 1600);
const live = file('0.log', '123', 1700, 1800, 1900, 2000);
const CHAIN = [oldest, rotated, live];

function at(offset: number, path: string | null = LIVE, mark: FileMark | null = null): ForeignPosition {
  return { path, log: path === null ? null : logNameOf(path), mark, offset };
}

function inode(ino: string, dev: string | null = null): FileMark {
  return { kind: 'inode', ino, dev };
}

function firstLine(of: TestFile): FileMark {
  const content = Buffer.from(of.records.map(lineOf).join(''));
  return { kind: 'first_line', crc64: vectorFirstLine((bytes) => content.subarray(0, bytes))! };
}

function place(asOfMs: number, entries: readonly ForeignPosition[], { chain = CHAIN, source = SOURCE } = {}): Place | null {
  const positions: ForeignPositions = { kind: 'positions', agent: 'promtail', file: '/positions.yaml', asOfMs, entries, ignored: 0 };
  return placeOf(chain.map(candidate), source, positions);
}

describe('a position by path', () => {
  test('belongs to the live file if that had begun when the positions were written', () => {
    expect(place(1850, [at(endOf(live, 2))])).toStrictEqual({ index: 2, offset: endOf(live, 2) });
    expect(place(2500, [at(endOf(live, 4))])).toStrictEqual({ index: 2, offset: endOf(live, 4) });
  });

  test('belongs to the file that was live then, rotated or compressed by now', () => {
    expect(place(1450, [at(endOf(rotated, 2))])).toStrictEqual({ index: 1, offset: endOf(rotated, 2) });
    expect(place(1250, [at(endOf(oldest, 3))])).toStrictEqual({ index: 0, offset: endOf(oldest, 3) });
  });

  test('is one in the file before while the agent had not left that', () => {
    expect(place(1750, [at(endOf(rotated, 4))])).toStrictEqual({ index: 1, offset: endOf(rotated, 4) });
    const twin = { ...rotated, name: '0.log', ino: '9', records: rotated.records.map(({ ms, text }) => ({ ms: ms + 400, text })) };
    expect(place(2500, [at(endOf(rotated, 2))], { chain: [oldest, rotated, twin] })).toStrictEqual({ index: 1, offset: endOf(rotated, 2) });
  });

  test('says nothing when no file fits: inside a line, beyond the end, older than all there is, later than the positions', () => {
    expect(place(2500, [at(endOf(live, 2) - 1)])).toBeNull();
    expect(place(2500, [at(10_000)])).toBeNull();
    expect(place(900, [at(0)])).toBeNull();
    expect(place(1750, [at(endOf(live, 3))])).toBeNull();
  });

  test('at the start of a file that was empty then', () => {
    expect(place(1650, [at(0)], { chain: [live] })).toBeNull();
    expect(place(1850, [at(0)], { chain: [live] })).toStrictEqual({ index: 0, offset: 0 });
    const empty = { name: '0.log', ino: '7', records: [] };
    expect(place(1650, [at(endOf(rotated, 4))], { chain: [rotated, empty] })).toStrictEqual({ index: 0, offset: endOf(rotated, 4) });
  });

  test('is known by link, by a rotated name, or under another mount root; others are not looked at', () => {
    const offset = endOf(live, 2);
    expect(place(2500, [at(offset, LINK)])).toStrictEqual({ index: 2, offset });
    expect(place(2500, [at(offset, `/host${LIVE}`)])).toStrictEqual({ index: 2, offset });
    const [first, second] = ['20240501-110000', '20240501-120000'].map((suffix) => `${LIVE}.${suffix}`);
    expect(place(2500, [at(endOf(oldest, 1), first)])).toStrictEqual({ index: 0, offset: endOf(oldest, 1) });
    expect(place(2500, [at(endOf(rotated, 1), second)])).toStrictEqual({ index: 1, offset: endOf(rotated, 1) });
    expect(place(2500, [at(endOf(live, 1), `${LIVE}.20240501-130000`)])).toBeNull();
    expect(place(2500, [at(offset, LIVE.replace('cart', 'mart'))])).toBeNull();
    expect(place(2500, [at(offset, LINK)], { source: { ...SOURCE, containerId: '' } })).toBeNull();
  });

  test('the earliest of several counts', () => {
    const offsets = [endOf(live, 3), endOf(live, 1), endOf(live, 2)];
    expect(
      place(
        2500,
        offsets.map((offset) => at(offset)),
      ),
    ).toStrictEqual({ index: 2, offset: endOf(live, 1) });
  });
});

describe('a position by inode', () => {
  test('belongs to the file that has it, and begins with the line that it lies in', () => {
    expect(place(2500, [at(endOf(rotated, 3), LINK, inode('12'))])).toStrictEqual({ index: 1, offset: endOf(rotated, 3) });
    expect(place(2500, [at(endOf(rotated, 3) + 2, LINK, inode('12'))])).toStrictEqual({ index: 1, offset: endOf(rotated, 3) });
    expect(place(2500, [at(2, LINK, inode('12'))])).toStrictEqual({ index: 1, offset: 0 });
  });

  test('is not one in a file that got the inode later, that has been cut, or that lies on another device', () => {
    expect(place(1650, [at(endOf(live, 1), LINK, inode('123'))])).toBeNull();
    expect(place(1750, [at(endOf(live, 2), LINK, inode('123'))])).toBeNull();
    expect(place(2500, [at(endOf(live, 4) + 1, LINK, inode('123'))])).toBeNull();
    expect(place(2500, [at(endOf(live, 4), null, inode('123', '2'))])).toBeNull();
    expect(place(2500, [at(endOf(live, 4), null, inode('123', '1'))])).toStrictEqual({ index: 2, offset: endOf(live, 4) });
  });

  test('needs no name, but must not contradict one', () => {
    const [cut, other] = ['/var/log/containers/cart_shop_app-cut.log', LIVE.replace('cart', 'mart')];
    expect(place(2500, [at(endOf(live, 1), cut, inode('123'))])).toStrictEqual({ index: 2, offset: endOf(live, 1) });
    expect(place(2500, [at(endOf(live, 1), other, inode('123'))])).toBeNull();
    const source = { ...SOURCE, containerId: '' };
    expect(place(2500, [at(endOf(live, 1), LINK, inode('123'))], { source })).toStrictEqual({ index: 2, offset: endOf(live, 1) });
  });

  test('is looked for among compressed files when the inode is gone, by its rotated name or by time', () => {
    const name = `${LIVE}.20240501-110000`;
    expect(place(1350, [at(endOf(oldest, 2), name, inode('99'))])).toStrictEqual({ index: 0, offset: endOf(oldest, 2) });
    expect(place(1250, [at(endOf(oldest, 2), LINK, inode('99'))])).toStrictEqual({ index: 0, offset: endOf(oldest, 2) });
    expect(place(1250, [at(endOf(oldest, 2) - 1, LINK, inode('99'))])).toStrictEqual({ index: 0, offset: endOf(oldest, 1) });
    expect(place(1450, [at(endOf(rotated, 2), LINK, inode('99'))], { chain: [rotated, live] })).toBeNull();
  });

  test('of several files the oldest that was not read to its end counts', () => {
    const rows = (read: number): ForeignPosition[] => [
      at(endOf(live, 2), LINK, inode('123')),
      at(endOf(rotated, read), `${LIVE}.20240501-120000`, inode('12')),
    ];
    expect(place(2500, rows(3))).toStrictEqual({ index: 1, offset: endOf(rotated, 3) });
    expect(place(2500, rows(4))).toStrictEqual({ index: 2, offset: endOf(live, 2) });
    expect(place(2500, rows(4).slice(1))).toStrictEqual({ index: 1, offset: endOf(rotated, 4) });
  });
});

describe('a position by first line', () => {
  test('belongs to the file that begins with it, compressed or not, whenever it was written', () => {
    expect(place(0, [at(endOf(oldest, 2), null, firstLine(oldest))])).toStrictEqual({ index: 0, offset: endOf(oldest, 2) });
    expect(place(0, [at(endOf(live, 2), null, firstLine(live))])).toStrictEqual({ index: 2, offset: endOf(live, 2) });
  });

  test('says nothing of other files, nor of one that is shorter now', () => {
    const other = file('0.log', '5', 1701);
    expect(place(2500, [at(endOf(other, 1), null, firstLine(other))])).toBeNull();
    expect(place(2500, [at(endOf(live, 4) + 1, null, firstLine(live))])).toBeNull();
  });
});

test('no positions, no files: nothing is said', () => {
  expect(place(2500, [])).toBeNull();
  expect(place(2500, [at(0)], { chain: [] })).toBeNull();
});
