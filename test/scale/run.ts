import { parseArgs } from 'node:util';
import { table } from '../bench/measure/table.ts';
import { streamCounts } from './stream-counts.ts';
import { type FleetReport, fleetReports } from './fleet-scenarios.ts';

/**
 * `npm run simulate [-- --nodes 5000 --seed 1 --spread-seconds 5 --plain-lists]`: what the API server of so many nodes sees of the watch code of all their agents, on a
 * clock that no one waits for, and how many streams they have in Loki. `--plain-lists`: a server that does not know of watches which begin with all pods. Exit code 1 when not all agents come to follow their pods.
 */
const { values } = parseArgs({
  options: {
    nodes: { type: 'string', default: '5000' },
    seed: { type: 'string', default: '1' },
    'spread-seconds': { type: 'string', default: '5' },
    'plain-lists': { type: 'boolean', default: false },
  },
});
const [nodes, seed, spreadSeconds] = [values.nodes, values.seed, values['spread-seconds']].map(wholeNumber) as [number, number, number];
const reports = await fleetReports({ nodes, seed, spreadMs: spreadSeconds * 1000, streams: !values['plain-lists'] });
const head = ['', 'lists', 'watches', 'refused', 'peak over 1 s', 'over 10 s', 'all follow after'];
console.log(`${nodes} nodes, spread_seconds ${spreadSeconds}; peaks are requests a second\n${table([head, ...reports.map(rowOf)])}`);
const counts = streamCounts(nodes).map((count) => [count.preset, count.streams, count.afterRollout, count.mostWriters].map(String));
console.log(`\n${table([['active streams in Loki', 'streams', 'after a rollout of all', 'most nodes in one stream'], ...counts])}`);
process.exitCode = reports.every(({ settledMs }) => settledMs !== null) ? 0 : 1;

function wholeNumber(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new Error(`${text} should be a whole number`);
}

function rowOf({ name, lists, watches, refused, peakPerSecond, peakPerTenSeconds, settledMs }: FleetReport): string[] {
  const counts = [lists, watches, refused, peakPerSecond, Math.round(peakPerTenSeconds)].map(String);
  return [name, ...counts, settledMs === null ? 'never' : `${(settledMs / 1000).toFixed(1)} s`];
}
