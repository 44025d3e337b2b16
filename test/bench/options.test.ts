import { expect, test } from 'vitest';
import { readOptions } from './options.ts';

const KNOWN = ['backlog', 'idle'];

test('all scenarios without a name, else the named ones', () => {
  expect(readOptions([], KNOWN)).toStrictEqual({ kind: 'scenarios', names: KNOWN, only: null, runs: 5, scale: 1 });
  expect(readOptions(['idle', '--runs', '2', '--scale', '0.1', '--only', 'logferry,limit'], KNOWN)).toStrictEqual({
    kind: 'scenarios',
    names: ['idle'],
    only: ['logferry', 'limit'],
    runs: 2,
    scale: 0.1,
  });
});

test('the other forms', () => {
  expect(readOptions(['--short'], KNOWN)).toStrictEqual({ kind: 'short', record: false });
  expect(readOptions(['--record'], KNOWN)).toStrictEqual({ kind: 'short', record: true });
  expect(readOptions(['--profile', 'backlog'], KNOWN)).toStrictEqual({ kind: 'profile', name: 'backlog', scale: 1 });
  expect(readOptions(['--help'], KNOWN)).toStrictEqual({ kind: 'help' });
});

test.each([
  [['blacklog'], 'blacklog should be one of backlog, idle'],
  [['--profile', 'all'], 'all should be one of backlog, idle'],
  [['--runs', '0'], '--runs 0 should be a number above 0'],
  [['--scale', 'half'], '--scale half should be a number above 0'],
  [['--fast'], "Unknown option '--fast'"],
])('%j is misuse', (args, message) => {
  expect(readOptions(args, KNOWN)).toMatchObject({ kind: 'misuse', message: expect.stringContaining(message) as string });
});
