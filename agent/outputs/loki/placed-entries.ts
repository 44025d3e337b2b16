import type { PushedEntry, PushedStream } from './decode-push.ts';

/** An entry of a push request: its place in the body, its stream's, and its time in nanoseconds since 1970. */
export interface PlacedEntry {
  readonly index: number;
  readonly stream: number;
  readonly timeNs: bigint;
  readonly entry: PushedEntry;
}

/** All entries of a request in body order: streams in order, entries in order. */
export function placedEntries(streams: readonly PushedStream[]): PlacedEntry[] {
  return streams
    .flatMap(({ entries }, stream) => entries.map((entry) => ({ stream, entry })))
    .map(({ stream, entry }, index) => ({ index, stream, entry, timeNs: BigInt(entry.seconds) * 1_000_000_000n + BigInt(entry.nanos) }));
}
