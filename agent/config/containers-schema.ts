import { DOCKER_LOG_ROOT } from '../model/docker-log-root.ts';
import { posix } from 'node:path';
import { z } from 'zod';
import { type LogRuleConfig, logRules } from './log-rules-schema.ts';
import { absolutePath, inOrder, seconds, wholeNumber } from './scalar-schemas.ts';

export interface ContainersConfig {
  readonly log_dir: string;
  /** Never empty: what an empty list means is filled in. */
  readonly allowed_roots: readonly string[];
  readonly scan_interval_seconds: number;
  readonly watch: boolean;
  readonly poll_min_seconds: number;
  readonly poll_max_seconds: number;
  readonly rotate_grace_seconds: number;
  readonly part_idle_seconds: number;
  readonly max_line_bytes: number;
  readonly start: (typeof STARTS)[number];
  readonly clock_hold_seconds: number;
  readonly include: readonly LogRuleConfig[];
  readonly exclude: readonly LogRuleConfig[];
}

const STARTS = ['oldest', 'live', 'end'] as const;

/** Which log files are read, and how closely they are followed. */
export const containersSchema: z.ZodType<ContainersConfig> = z
  .strictObject({
    log_dir: absolutePath().default('/var/log').describe('Directory that holds the `pods` and `containers` directories of the kubelet.'),
    allowed_roots: z
      .array(absolutePath())
      .default([])
      .describe(
        `Directories that a log may lie in once its links are resolved; a link that leads elsewhere is refused. Empty: \`pods\` in log_dir, and ${DOCKER_LOG_ROOT}.`,
      ),
    scan_interval_seconds: seconds(0.1).default(10).describe('Seconds between two scans of the log directories.'),
    watch: z
      .boolean()
      .default(true)
      .describe('Scan at once when the operating system reports a change; false costs only latency, up to one scan interval.'),
    poll_min_seconds: seconds(0.01)
      .default(0.25)
      .describe('Seconds between two looks at a file that has just grown; `batch_wait_seconds` where that is less, but no less than 0.1.'),
    poll_max_seconds: seconds(0.01).default(2).describe('Seconds between two looks at a file that has been silent for long.'),
    rotate_grace_seconds: seconds(0)
      .default(1)
      .describe('Seconds that the end of a rotated file is watched for a late write of the runtime before the next file is read.'),
    part_idle_seconds: seconds(0.1)
      .default(10)
      .describe('Seconds of silence of its file after which an unfinished line is shipped, marked as partial.'),
    max_line_bytes: wholeNumber(1024, 1_048_576).default(262_144).describe('Bytes of a line after which it is split into several entries.'),
    start: z
      .enum(STARTS)
      .default('oldest')
      .describe(
        'Where a log is begun that is there at the first start of all: at its oldest file, at its live file, or behind what is in that. Logs that come later are read from their oldest file.',
      ),
    clock_hold_seconds: seconds(0)
      .default(7200)
      .describe(
        "How many seconds beyond what the store takes a line's time may lie in the future: such lines wait in their file until they are due; later ones are refused.",
      ),
    include: logRules().describe('Logs that are collected, by namespace, pod, container and labels of the pod; empty: all.'),
    exclude: logRules().describe('Logs that are left out, whatever include says: they are never opened.'),
  })
  .check(inOrder('poll_min_seconds', 'poll_max_seconds'))
  .transform((written) => ({
    ...written,
    allowed_roots: written.allowed_roots.length > 0 ? written.allowed_roots : [posix.join(written.log_dir, 'pods'), DOCKER_LOG_ROOT],
  }))
  .prefault({})
  .describe('Which container logs are read, and how closely they are followed.');
