import { expect, test } from 'vitest';
import { fleetReports } from './fleet-scenarios.ts';

const NODES = 300;
const SPREAD_SECONDS = 5;
/** Of requests that are spread evenly, and as many again for chance. */
const FAIR = (2 * NODES) / SPREAD_SECONDS;

const reports = await fleetReports({ nodes: NODES, seed: 7, spreadMs: SPREAD_SECONDS * 1000 });
const byName = new Map(reports.map((report) => [report.name, report]));

test.each(reports)('$name: every agent comes to follow its pods', ({ settledMs }) => {
  expect(settledMs).not.toBeNull();
  expect(settledMs).toBeLessThan(60_000);
});

test.each(reports)('$name: no herd', ({ name, peakPerSecond, peakPerTenSeconds }) => {
  // Where versions are lost or nothing was known, a watch and a list go together.
  const isRelist = name === 'all agents start at once' || name.startsWith('410');
  expect(peakPerSecond).toBeLessThan(isRelist ? 2 * FAIR : FAIR);
  expect(peakPerTenSeconds).toBeLessThan(NODES / SPREAD_SECONDS + NODES / 10);
});

test.each([
  ['all agents start at once', NODES],
  ['20 minutes in which nothing happens', 0],
  ['one of three API servers restarts', 0],
  ['the API server is away for 20 s', 0],
  ['410 for all: history is compacted', NODES],
  ['429 for all for a minute', 0],
  ['a server for a 25th of the fleet a second', 0],
  ['rollout, a tenth of the nodes at once', NODES],
])('%s: %i lists', (name, lists) => {
  expect(byName.get(name)?.lists).toBe(lists);
});

test('a quiet cluster is asked by each agent once in five to ten minutes', () => {
  const { watches, peakPerTenSeconds } = byName.get('20 minutes in which nothing happens')!;
  expect(watches).toBeGreaterThan(2 * NODES);
  expect(watches).toBeLessThan(4 * NODES);
  expect(peakPerTenSeconds).toBeLessThan(NODES / 75);
});

test('the same seed, the same requests', async () => {
  const small = { nodes: 20, seed: 3, spreadMs: 5000 };
  expect(await fleetReports(small)).toStrictEqual(await fleetReports(small));
});
