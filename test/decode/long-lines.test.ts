import { describe, expect, test } from 'vitest';
import { ByteBudget } from '../../agent/runtime/byte-budget.ts';
import { Wakeup } from '../../agent/runtime/wakeup.ts';
import { decodeLines, entryText, F, P } from './entry-text.ts';
import { decodeFiles, LogFeed } from './log-feed.ts';

describe('a line over the limit', () => {
  const small = { maxLineBytes: 8, chunkBytes: 300 };

  test('made of parts is cut between them', () => {
    expect(decodeLines([[`${P} 12345`, `${P} 678`, `${P} 9`, `${F} 0`]], small)).toEqual([
      'o 0.000000000 12345678 | line_part=1',
      'o 0.000000001 90 | line_part=2 | line_bytes=10',
    ]);
  });

  test('in one record is cut at the limit', () => {
    expect(decodeLines([[`${F} 12345678901234567`, `${F} 12345678`]], small)).toEqual([
      'o 0.000000000 12345678 | line_part=1',
      'o 0.000000001 90123456 | line_part=2',
      'o 0.000000002 7 | line_part=3 | line_bytes=17',
      'o 0.000000003 12345678',
    ]);
  });

  test('of Docker is cut in what its text stands for', () => {
    const record = '{"log":"\\"234567\\"\\u00e90\\n","stream":"stderr","time":"2024-05-01T12:00:00Z"}';
    expect(decodeLines([[record, record]], { maxLineBytes: 9, chunkBytes: 300 })).toEqual([
      'e 0.000000000 "234567" | line_part=1',
      'e 0.000000001 é0 | line_part=2 | line_bytes=11',
      'e 0.000000002 "234567" | line_part=1',
      'e 0.000000003 é0 | line_part=2 | line_bytes=11',
    ]);
  });

  test('that ends with an empty record is told so', () => {
    expect(decodeLines([[`${P} 12345678`, `${F} `]], small)).toEqual(['o 0.000000000 12345678']);
    expect(decodeLines([[`${P} 1234567`, `${P} 89`, `${F} `]], small)).toEqual([
      'o 0.000000000 1234567 | line_part=1',
      'o 0.000000001 89 | line_part=2 | line_bytes=9',
    ]);
  });

  test('that never ends comes out as it grows', () => {
    const feed = new LogFeed([Buffer.concat([Buffer.from(`${F} `), Buffer.alloc(1_000_000, 'x')])], {
      maxLineBytes: 1024,
      chunkBytes: 100_000,
    });
    for (let size = 100_000; size <= 1_000_000; size += 100_000) {
      let bytes = 0;
      feed.readTo(size, ({ start, end }) => (bytes += end - start));
      expect(bytes).toBeGreaterThan(97_000);
      expect(feed.partBudget.usedBytes).toBeLessThanOrEqual(4096);
    }
  });

  test('of no known form is cut too', () => {
    expect(decodeLines([['?123456789'], [`${F} x`]], small)).toEqual([
      'o -1714564799.000000000 ?1234567 | parse_error=malformed',
      'o -1714564799.000000001 89 | parse_error=malformed',
      'o 0.000000000 x',
    ]);
  });

  test.each([
    ['longer than a chunk', `{"log":"${'x'.repeat(400)}\\n","stream":"stdout","time":"2024-05-01T12:00:00Z"}`],
    ['as long as a chunk', `{"log":"x\\n","stream":"stdout","attrs":{"a":"${'x'.repeat(222)}"},"time":"2024-05-01T12:00:00Z"}`],
    ['over the limit, and of an unusual shape,', `{"stream":"stdout","log":"${'x'.repeat(41)}\\n","time":"2024-05-01T12:00:00Z"}`],
  ])('and a record of Docker that is %s is shipped raw', (_, record) => {
    const entries = decodeFiles([Buffer.from(`${record}\n${F} x\n`)], { maxLineBytes: 40, chunkBytes: 300 });
    const raw = entries.slice(0, -1);
    expect(raw.every(({ metadata }) => metadata?.[0]?.[1] === 'malformed')).toBe(true);
    expect(Buffer.concat(raw.map(({ content }) => content)).toString()).toBe(record);
    expect(entries.slice(-1).map(entryText)).toEqual(['o 0.000000000 x']);
  });
});

describe('I3: held parts', () => {
  test('count with all the memory they take', () => {
    const feed = new LogFeed([Buffer.from(`${P} ${'x'.repeat(5000)}\n`.repeat(4) + `${F} y\n`)]);
    const used: number[] = [];
    let lines = 0;
    for (let records = 1; records <= 5; records += 1) {
      feed.readTo(records * 5031, () => (lines += 1));
      used.push(feed.partBudget.usedBytes);
    }
    expect([used, lines]).toEqual([[5000, 10_000, 20_000, 20_000, 0], 1]);
  });

  test('stay within a budget that all sources share: without room, a part goes out as a piece', () => {
    const partBudget = new ByteBudget(4096, new Wakeup());
    const first = new LogFeed([Buffer.from(`${P} first\n`)], { partBudget });
    first.readTo(Number.POSITIVE_INFINITY, () => expect.unreachable());
    expect(partBudget.usedBytes).toBe(4096);
    expect(decodeLines([[`${P} a`, `${P} b`, `${F} c`, `${F} d`]], { partBudget })).toEqual([
      'o 0.000000000 a | line_part=1',
      'o 0.000000001 b | line_part=2',
      'o 0.000000002 c | line_part=3 | line_bytes=3',
      'o 0.000000003 d',
    ]);
    expect(partBudget.usedBytes).toBe(4096);
    first.end(() => {});
    expect(partBudget.usedBytes).toBe(0);
  });
});
