import type { Surroundings } from './assemble-output.ts';
import { sampleOf } from './dry-run/log-samples.ts';
import { entriesOf } from './dry-run/records-decoder.ts';
import { LintLogs } from './lint/lint-logs.ts';
import type { Source } from './model/source.ts';

/** What looks at how containers log; `sources`: all logs of the node. */
export function openLint({ config, selection, ...surroundings }: Surroundings, sources: () => readonly Source[]): LintLogs {
  const { interval_seconds: intervalSeconds, sample_bytes: sampleBytes } = config.lint;
  const { max_line_bytes: maxLineBytes, part_idle_seconds: partWaitSeconds } = config.containers;
  const limits = { maxLineBytes, partWaitSeconds, partBytes: sampleBytes };
  const { allowedRoots: roots, podsDir: pods, descriptors, fs, clock } = surroundings;
  return new LintLogs({
    intervalMs: intervalSeconds * 1000,
    clock,
    sources: () => sources().filter((source) => (selection?.exclusionOf(source) ?? null) === null),
    *lines(source) {
      const sampled = sampleOf(source, { roots, pods, descriptors, fs }, sampleBytes);
      if (sampled?.ok === true) yield* entriesOf(sampled.sample.records, limits);
    },
  });
}
