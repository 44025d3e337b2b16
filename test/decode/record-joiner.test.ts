import { describe, expect, test } from 'vitest';
import { APART, type Multiline, type RecordRule } from '../../agent/model/multiline.ts';
import { RecordView } from '../../agent/model/record.ts';
import { ByteBudget } from '../../agent/runtime/byte-budget.ts';
import { Wakeup } from '../../agent/runtime/wakeup.ts';
import { decodeLines, entryText, ERR_F, F, P } from './entry-text.ts';
import { entryOf, LogFeed } from './log-feed.ts';

/** A record begins with a bracket. */
const rule: RecordRule = {
  begin: () => 1,
  goOn: (_, bytes, start) => (bytes[start] === 91 ? APART : 1),
};
const BRACKETS: Multiline = { key: 'brackets', rule, maxWaitSeconds: 3, maxLines: 4 };

function joined(files: readonly (readonly string[])[], options: object = {}): string[] {
  return decodeLines(files, { multiline: BRACKETS, ...options });
}

function at(seconds: string, rest: string): string {
  return `2024-05-01T12:00:${seconds}Z ${rest}`;
}

function feedOf(...lines: string[]): { readonly feed: LogFeed; readonly seen: string[]; readonly take: (view: RecordView) => void } {
  const feed = new LogFeed([Buffer.from(lines.map((line) => `${line}\n`).join(''))], { multiline: BRACKETS, partWaitSeconds: 10 });
  const seen: string[] = [];
  const take = (view: RecordView): void => void seen.push(entryText(entryOf(view)));
  feed.readTo(Number.POSITIVE_INFINITY, take);
  return { feed, seen, take };
}

describe('lines of a record', () => {
  test('are one entry with the time of the first, up to the line that begins the next', () => {
    expect(joined([[at('00', 'stdout F [1]'), at('01', 'stdout F a'), at('02', 'stdout F '), at('03', 'stdout F [2]')]])).toEqual([
      'o 0.000000000 [1]\na\n',
      'o 3.000000000 [2]',
    ]);
  });

  test('keep times of a channel distinct', () => {
    expect(joined([[`${F} [1]`, `${F} a`, `${F} [2]`, `${F} [3]`]])).toEqual([
      'o 0.000000000 [1]\na',
      'o 0.000000002 [2]',
      'o 0.000000003 [3]',
    ]);
  });

  test('I4 join over a rotation, also in parts', () => {
    expect(joined([[`${F} [1]`, `${P} a`], [`${F} b`, `${F} c`], [`${F} [2]`]])).toEqual(['o 0.000000000 [1]\nab\nc', 'o 0.000000003 [2]']);
  });

  test('join behind an empty one, also in parts', () => {
    expect(joined([[`${F} `, `${P} a`, `${F} b`, `${F} [1]`]])).toEqual(['o 0.000000000 \nab', 'o 0.000000002 [1]']);
  });

  test('are those of their channel', () => {
    expect(joined([[`${F} [1]`, `${ERR_F} [2]`, `${F} a`, `${ERR_F} b`, `${ERR_F} [3]`, `${F} c`, `${F} [4]`]])).toEqual([
      'e 0.000000000 [2]\nb',
      'o 0.000000000 [1]\na\nc',
      'o 0.000000003 [4]',
      'e 0.000000002 [3]',
    ]);
  });

  test('that have none before them are a record too', () => {
    expect(joined([[`${F} a`, `${F} b`, `${F} [1]`]])).toEqual(['o 0.000000000 a\nb', 'o 0.000000002 [1]']);
  });

  test('are no more than are allowed: the rest is a record of its own', () => {
    expect(joined([[`${F} [1]`, `${F} a`, `${F} b`, `${F} c`, `${F} d`, `${F} e`, `${F} [2]`]])).toEqual([
      'o 0.000000000 [1]\na\nb\nc',
      'o 0.000000004 d\ne',
      'o 0.000000006 [2]',
    ]);
  });

  test('are no more bytes than a line may have', () => {
    const small = { maxLineBytes: 8, chunkBytes: 300 };
    expect(joined([[`${F} [1]`, `${F} 5678`, `${F} 0`, `${F} 12`]], small)).toEqual(['o 0.000000000 [1]\n5678', 'o 0.000000002 0\n12']);
  });

  test('do not join over a silence in the log, nor over a clock that was set back', () => {
    const lines = [at('10', 'stdout F [1]'), at('12.9', 'stdout F a'), at('15.9', 'stdout F b'), at('15.8', 'stdout F c')];
    expect(joined([lines])).toEqual([
      'o 10.000000000 [1]\na',
      'o 15.900000000 b',
      'o 15.900000001 c | original_time=2024-05-01T12:00:15.800000000Z',
    ]);
  });

  test('join though the clock stands before what was written last', () => {
    const lines = [at('30', 'stdout F [0]'), at('10', 'stdout F [1]'), at('12', 'stdout F a'), at('16', 'stdout F b')];
    expect(joined([lines])).toEqual([
      'o 30.000000000 [0]',
      'o 30.000000001 [1]\na | original_time=2024-05-01T12:00:10.000000000Z',
      'o 30.000000003 b | original_time=2024-05-01T12:00:16.000000000Z',
    ]);
  });

  test.each([
    ['malformed', [`${F} [1]`, 'raw', `${F} a`], ['o 0.000000000 [1]', 'o 0.000000001 raw | parse_error=malformed', 'o 0.000000002 a']],
    [
      'a piece of a long one',
      [`${F} [1]`, `${F} 12345678901`, `${F} a`],
      ['o 0.000000000 [1]', 'o 0.000000001 1234567890 | line_part=1', 'o 0.000000002 1 | line_part=2 | line_bytes=11', 'o 0.000000003 a'],
    ],
    ['unfinished', [`${F} [1]`, `${P} a`], ['o 0.000000000 [1]', 'o 0.000000001 a | partial=true']],
    ['torn', [`${F} [1]`, `${F} a\\`], ['o 0.000000000 [1]', 'o 0.000000001 a | parse_error=torn']],
  ])('end before one that is %s', (_, lines, want) => {
    expect(joined([lines, []], { maxLineBytes: 10, chunkBytes: 300 })).toEqual(want);
  });

  test('I3 are held within the budget of all sources, and come one by one where there is none', () => {
    const partBudget = new ByteBudget(0, new Wakeup());
    expect(joined([[`${F} [1]`, `${F} a`]], { partBudget })).toEqual(['o 0.000000000 [1]', 'o 0.000000001 a']);
  });
});

describe('a held record', () => {
  test('I1 holds back its channel at its first line, and only that', () => {
    const { feed, seen } = feedOf(`${F} [1]`, `${F} a`, `${ERR_F} [2]`, `${ERR_F} [3]`);
    expect(seen).toEqual(['e 0.000000000 [2]']);
    const line = `${F} [1]\n`.length;
    expect(feed.decoder.resumePoint().map(({ at }) => at)).toEqual([0, line + `${F} a\n`.length + line]);
    expect(feed.decoder.holds).toBe(true);
  });

  test('is handed out after its time of silence, without a mark; an unfinished line behind it is waited for', () => {
    const { feed } = feedOf(`${F} [1]`, `${F} a`);
    const view = new RecordView();
    expect(feed.decoder.flush(view, 2999)).toBe(false);
    expect(feed.decoder.flush(view, 3000, true)).toBe(false);
    expect(feed.decoder.flush(view, 3000)).toBe(true);
    expect(entryText(entryOf(view))).toBe('o 0.000000000 [1]\na');
    expect([feed.decoder.holds, feed.partBudget.usedBytes]).toEqual([false, 0]);

    const waiting = feedOf(`${F} [1]`, `${P} a`).feed.decoder;
    expect(waiting.flush(view, 9999)).toBe(false);
    expect([waiting.flush(view, 10_000), entryText(entryOf(view))]).toEqual([true, 'o 0.000000000 [1]']);
    expect([waiting.flush(view, 10_000), entryText(entryOf(view))]).toEqual([true, 'o 0.000000001 a | partial=true']);
  });

  test('of a channel that is silent is handed out as the log of the other goes on', () => {
    const { feed, seen } = feedOf(at('00', 'stderr F [1]'), at('02', 'stdout F [2]'), at('03', 'stdout F [3]'), at('05', 'stdout F [4]'));
    expect(seen).toEqual(['o 2.000000000 [2]', 'o 3.000000000 [3]', 'e 0.000000000 [1]']);
    expect(feed.decoder.resumePoint().map(({ at }) => at)).toEqual([3, 4].map((lines) => lines * at('00', 'stdout F [1]\n').length));
  });

  test('goes first when its rule changes', () => {
    const { feed, seen, take } = feedOf(`${F} [1]`, `${F} a`);
    feed.decoder.joinLines([{ ...BRACKETS, key: 'others' }, null]);
    expect(feed.decoder.hasTables).toBe(false);
    expect(feed.decoder.next(feed.view)).toBe(true);
    take(feed.view);
    expect(seen).toEqual(['o 0.000000000 [1]\na']);
  });

  test('is held on where lines are joined as before, by another rule that is equal', () => {
    const { feed } = feedOf(`${F} [1]`, `${F} a`);
    feed.decoder.joinLines([{ ...BRACKETS }, null]);
    expect([feed.decoder.next(feed.view), feed.decoder.holds]).toEqual([false, true]);
  });

  test('gives back what it holds when its source is closed', () => {
    const { feed } = feedOf(`${F} [1]`, `${F} a`);
    expect(feed.partBudget.usedBytes).toBe(4096);
    feed.decoder.close();
    expect(feed.partBudget.usedBytes).toBe(0);
  });
});
