import { describe, expect, test } from 'vitest';
import { Account, type Stored } from '../../agent/demo/account.ts';
import { accountText, isSound } from '../../agent/demo/account-text.ts';

const SOUND = { written: 0, stored: 0, lost: 0, doubled: 0, altered: 0, disordered: 0, sentAgain: 0 };

function entry(line: string, { container = 'app', channel = 'stdout', nanos = 0, stream = 's' } = {}): Stored {
  return { labels: { container, stream: channel }, stream, entry: { seconds: 1, nanos, line: Buffer.from(line), metadata: [] } };
}

function accountOf(...lines: string[]): Account {
  const account = new Account();
  for (const line of lines) account.wrote('app', Buffer.from(line));
  return account;
}

describe(Account, () => {
  test('what is written and stored once is sound, in both ways to write a number', () => {
    const account = accountOf('seq=1 a', '{"seq":2}', 'c seq=3');
    for (const line of ['seq=1 a', '{"seq":2}', 'c seq=3']) expect(account.stored(entry(line))).toBe(true);
    expect(account.tally()).toStrictEqual({ ...SOUND, written: 3, stored: 3 });
    expect(isSound(account.tally())).toBe(true);
  });

  test('a line that never comes is lost', () => {
    const account = accountOf('seq=1', 'seq=2', 'seq=3');
    account.stored(entry('seq=1'));
    account.stored(entry('seq=3'));
    expect(account.tally()).toStrictEqual({ ...SOUND, written: 3, stored: 2, lost: 1 });
    expect(isSound(account.tally())).toBe(false);
  });

  test('the same entry again is recognised, under another time, stream or metadata it is doubled', () => {
    const account = accountOf('seq=1');
    account.stored(entry('seq=1'));
    expect(account.stored(entry('seq=1'))).toBe(false);
    expect(account.tally()).toStrictEqual({ ...SOUND, written: 1, stored: 1, sentAgain: 1 });
    expect(account.stored(entry('seq=1', { nanos: 1 }))).toBe(true);
    expect(account.stored(entry('seq=1', { stream: 't' }))).toBe(true);
    const { labels, stream, entry: stored } = entry('seq=1');
    account.stored({ labels, stream, entry: { ...stored, metadata: [['pod', 'p']] } });
    expect(account.tally()).toStrictEqual({ ...SOUND, written: 1, stored: 1, sentAgain: 1, doubled: 3 });
  });

  test('other bytes, unknown numbers, other containers and strangers are altered', () => {
    const account = accountOf('seq=1 a');
    account.stored(entry('seq=1 b'));
    account.stored(entry('seq=2 a'));
    account.stored(entry('seq=0'));
    account.stored(entry('seq=1 a', { container: 'other' }));
    account.stored(entry('no number'));
    expect(account.tally()).toStrictEqual({ ...SOUND, written: 1, lost: 1, altered: 5 });
  });

  test('order counts within a channel', () => {
    const account = accountOf('seq=1', 'seq=2', 'seq=3', 'seq=4');
    account.stored(entry('seq=3', { channel: 'stderr' }));
    account.stored(entry('seq=1'));
    account.stored(entry('seq=4'));
    account.stored(entry('seq=2'));
    expect(account.tally().disordered).toBe(1);
  });

  test('containers have books of their own', () => {
    const account = accountOf('seq=1');
    account.wrote('other', Buffer.from('seq=1'));
    account.stored(entry('seq=1', { container: 'other' }));
    expect(account.tally('app')).toStrictEqual({ ...SOUND, written: 1, lost: 1 });
    expect(account.tally('other')).toStrictEqual({ ...SOUND, written: 1, stored: 1 });
    expect(account.tally().written).toBe(2);
  });

  test('memory is bounded: what is older than that is settled', () => {
    const account = new Account(2);
    for (const line of ['seq=1', 'seq=2', 'seq=3']) account.wrote('app', Buffer.from(line));
    account.stored(entry('seq=1'));
    account.stored(entry('seq=2'));
    account.stored(entry('seq=3'));
    expect(account.tally()).toStrictEqual({ ...SOUND, written: 3, stored: 2, lost: 1, altered: 1 });
  });
});

describe(accountText, () => {
  test('all is well', () => {
    const text = accountText(
      { ...SOUND, written: 12_345, stored: 12_345, sentAgain: 213 },
      { containers: 4, rotations: 24, sawResends: true },
    );
    expect(text).toBe(`
The account
  written         12,345   lines by 4 containers, whose logs were rotated 24 times
  stored          12,345   different lines
  lost                 0   lines written and not stored
  doubled              0   lines stored twice, under another time, stream or metadata
  changed              0   lines stored with other bytes than were written
  out of order         0   lines stored after a later one of their container and channel
  sent again         213   entries, byte for byte as before: Loki recognises them and keeps one

Every line is stored once, in order and byte for byte.
`);
  });

  test('what is wrong is named; what can not be known is left out', () => {
    const text = accountText(
      { ...SOUND, written: 10, stored: 8, lost: 2, doubled: 1, altered: 3, disordered: 4 },
      { containers: 4, rotations: 2, sawResends: false },
    );
    expect(text).not.toContain('sent again');
    expect(text).toContain('\nThis must not happen: 2 lost, 1 doubled, 3 changed, 4 out of order.\n');
  });
});
