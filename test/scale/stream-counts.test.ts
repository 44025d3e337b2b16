import { expect, test } from 'vitest';
import { type StreamCount, streamCounts } from './stream-counts.ts';

const NODES = 40;
const CONTAINERS_PER_NODE = 29;
const counts = Object.fromEntries(streamCounts(NODES).map((count) => [count.preset, count])) as Record<string, StreamCount>;

test.each(['standard', 'promtail'])(
  '%s: a stream has one node as its writer, and a node as many streams as its containers and channels',
  (preset) => {
    const { streams, mostWriters } = counts[preset]!;
    expect(mostWriters).toBe(1);
    expect(streams).toBeGreaterThan(NODES * CONTAINERS_PER_NODE);
    expect(streams).toBeLessThan(NODES * CONTAINERS_PER_NODE * 1.5);
  },
);

test.each(['otel', 'minimal'])('%s: streams follow the workloads, and all nodes write to one of them', (preset) => {
  expect(counts[preset]!.streams).toBeLessThan(counts['standard']!.streams / 5);
  expect(counts[preset]!.mostWriters).toBe(NODES);
});

test('a rollout of everything doubles the streams of the preset that has pods among its labels', () => {
  expect(counts['promtail']!.afterRollout).toBeGreaterThan(1.9 * counts['promtail']!.streams);
  expect(counts['standard']!.afterRollout).toBeLessThan(1.8 * counts['standard']!.streams);
  expect(counts['minimal']!.afterRollout).toBeLessThan(1.1 * counts['minimal']!.streams);
});
