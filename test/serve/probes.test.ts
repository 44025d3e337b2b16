import { describe, expect, test } from 'vitest';
import { healthPage, readinessPage } from '../../agent/serve/probes.ts';

describe(healthPage, () => {
  test.each([
    ['all advance', [{ beatMs: 40_000, turnSinceMs: null }], 200],
    ['nothing runs yet', [], 200],
    ['polls stand still for a minute', [{ beatMs: 39_999, turnSinceMs: null }], 503],
    ['a turn takes a minute', [{ beatMs: 100_000, turnSinceMs: 39_999 }], 503],
    ['a turn is under way', [{ beatMs: 100_000, turnSinceMs: 40_000 }], 200],
    [
      'one of two is stuck',
      [
        { beatMs: 100_000, turnSinceMs: null },
        { beatMs: 0, turnSinceMs: null },
      ],
      503,
    ],
  ])('%s: %j', (_, beats, status) => {
    expect(healthPage(beats, 100_000).status).toBe(status);
  });
});

describe(readinessPage, () => {
  test.each([
    ['not before the node was scanned', 0, ['reachable'], 503],
    ['an output that was not needed yet', 1, ['untried'], 200],
    ['an output that stores', 1, ['reachable'], 200],
    ['a store that cannot be reached', 1, ['unreachable'], 503],
    ['a store that refuses the agent', 1, ['misconfigured'], 503],
    ['one of two is enough', 1, ['misconfigured', 'reachable'], 200],
  ])('%s', (_, scans, states, status) => {
    expect(
      readinessPage(
        scans,
        states.map((state) => ({ name: 'loki', state })),
      ).status,
    ).toBe(status);
  });

  test('says what is wrong with which output', () => {
    expect(
      readinessPage(1, [
        { name: 'a', state: 'misconfigured' },
        { name: 'b', state: 'unreachable' },
      ]).body,
    ).toBe('not ready: no output can be reached\noutput a: misconfigured\noutput b: unreachable\n');
  });
});
