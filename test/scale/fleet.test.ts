import { describe, expect, test } from 'vitest';
import { fleetReports } from './fleet-scenarios.ts';

const NODES = 300;
const SPREAD_SECONDS = 5;
/** Of requests that are spread evenly, and as many again for chance. */
const FAIR = (2 * NODES) / SPREAD_SECONDS;

describe.each([
  { streams: true, what: 'a server whose watches may begin with all pods', atStart: { lists: 0, watches: NODES } },
  { streams: false, what: 'a server that rejects those', atStart: { lists: NODES, watches: 2 * NODES } },
])('$what', async ({ streams, atStart }) => {
  const reports = await fleetReports({ nodes: NODES, seed: 7, spreadMs: SPREAD_SECONDS * 1000, streams });
  const byName = new Map(reports.map((report) => [report.name, report]));
  /** Requests of one agent that follow each other where nothing is known: the watch that is rejected, a list, a watch. */
  const inARow = streams ? 1 : 3;

  test.each(reports)('$name: every agent comes to follow its pods', ({ settledMs }) => {
    expect(settledMs).not.toBeNull();
    expect(settledMs).toBeLessThan(60_000);
  });

  test.each(reports)('$name: no herd', ({ name, peakPerSecond, peakPerTenSeconds }) => {
    const isStart = name === 'all agents start at once';
    const isRelist = name.startsWith('410');
    expect(peakPerSecond).toBeLessThan(FAIR * (isStart ? inARow : isRelist ? 2 : 1));
    expect(peakPerTenSeconds).toBeLessThan((isStart ? inARow : 1) * (NODES / SPREAD_SECONDS + NODES / 10));
  });

  test.each([
    'one of three API servers restarts',
    'the API server is away for 20 s',
    '20 minutes in which nothing happens',
    '429 for all for a minute',
    'a server for a 25th of the fleet a second',
  ])('%s: no list', (name) => {
    expect(byName.get(name)?.lists).toBe(0);
  });

  test('what is not known is asked for once by each agent', () => {
    expect(byName.get('all agents start at once')).toMatchObject(atStart);
    expect(byName.get('rollout, a tenth of the nodes at once')!.lists).toBe(atStart.lists);
    const { lists, watches } = byName.get('410 for all: history is compacted')!;
    expect(lists).toBe(atStart.lists);
    // One or two may just be between two watches when all are cut.
    expect(watches).toBeLessThanOrEqual(2 * NODES);
    expect(watches).toBeGreaterThan(2 * NODES - 5);
  });

  test('a quiet cluster is asked by each agent once in five to ten minutes', () => {
    const { watches, peakPerTenSeconds } = byName.get('20 minutes in which nothing happens')!;
    expect(watches).toBeGreaterThan(2 * NODES);
    expect(watches).toBeLessThan(4 * NODES);
    expect(peakPerTenSeconds).toBeLessThan(NODES / 75);
  });
});

test('the same seed, the same requests', async () => {
  const small = { nodes: 20, seed: 3, spreadMs: 5000, streams: true };
  expect(await fleetReports(small)).toStrictEqual(await fleetReports(small));
});
