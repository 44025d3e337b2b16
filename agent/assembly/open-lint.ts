import type { Surroundings } from './assemble-output.ts';
import { sampleOf } from '../dry-run/log-samples.ts';
import { entriesOf } from '../dry-run/records-decoder.ts';
import { LintLogs } from '../lint/lint-logs.ts';
import type { Source } from '../model/source.ts';

/** What looks at how containers log, as is configured at that moment; `sources`: all logs of the node. */
export function openLint(surroundings: () => Surroundings, sources: () => readonly Source[]): LintLogs {
  const { config, clock } = surroundings();
  return new LintLogs({
    intervalMs: config.lint.interval_seconds * 1000,
    clock,
    sources: () => sources().filter((source) => (surroundings().selection?.exclusionOf(source) ?? null) === null),
    *lines(source) {
      const { config, allowedRoots: roots, podsDir: pods, descriptors, fs } = surroundings();
      const { sample_bytes: sampleBytes } = config.lint;
      const { max_line_bytes: maxLineBytes, part_idle_seconds: partWaitSeconds } = config.containers;
      const limits = { maxLineBytes, partWaitSeconds, partBytes: sampleBytes };
      const sampled = sampleOf(source, { roots, pods, descriptors, fs }, sampleBytes);
      if (sampled?.ok === true) yield* entriesOf(sampled.sample.records, limits);
    },
  });
}
