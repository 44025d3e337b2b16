import type { PushedEntry, PushedStream } from '../../../agent/outputs/loki/decode-push.ts';

export function stream(labels: string, ...entries: readonly PushedEntry[]): PushedStream {
  return { labels, entries };
}

/** An entry of a time such as `2026-11-24T23:50:38`, and of nanoseconds within that second. */
export function entry(
  time: string,
  nanos = 0,
  { line = 'x', metadata = {} }: { line?: string; metadata?: Record<string, string> } = {},
): PushedEntry {
  return { seconds: Date.parse(`${time}Z`) / 1000, nanos, line: Buffer.from(line), metadata: Object.entries(metadata) };
}

/** That many metadata. */
export function named(count: number): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`n${index}`, '1']));
}
