import { expect, test } from 'vitest';
import { Latencies, timeMark } from './latencies.ts';

const NOW = 1_795_564_800_000;

test('quantiles of the time since the marks, in whatever stands around them', () => {
  const latencies = new Latencies();
  expect(latencies.quantile(0.5)).toBeNull();
  const marks = Array.from({ length: 100 }, (_, index) => `{"line":"${timeMark(NOW - index - 1)} @ \\"text\\" mail@host"}`);
  latencies.add(Buffer.from(marks.join('\n')), NOW);
  expect([0.01, 0.5, 0.99, 1].map((share) => latencies.quantile(share))).toStrictEqual([1, 50, 99, 100]);
});

test('marks that touch and marks that are cut', () => {
  const latencies = new Latencies();
  latencies.add(Buffer.from(`${timeMark(NOW)}${timeMark(NOW - 2)}@12345@${timeMark(NOW).slice(0, 9)}`), NOW);
  expect([latencies.quantile(0.5), latencies.quantile(1)]).toStrictEqual([0, 2]);
});

test('a clock that steps back and a line that waited for minutes', () => {
  const latencies = new Latencies();
  latencies.add(Buffer.from(timeMark(NOW + 5)), NOW);
  latencies.add(Buffer.from(timeMark(NOW - 600_000)), NOW);
  expect([latencies.quantile(0.5), latencies.quantile(1)]).toStrictEqual([0, 60_000]);
});
