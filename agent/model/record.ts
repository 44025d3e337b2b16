/** CRI's stdout and stderr. Loki's word "stream" means a label set here, so the two are channels. */
export type Channel = 0 | 1;
/** What any source keeps apart, each going into a stream of its own: a container's channels, or the stages of an audit log. */
export type SourceChannel = Channel | 2 | 3;
export const STDOUT: Channel = 0;
export const STDERR: Channel = 1;
export const CHANNELS: readonly [Channel, Channel] = [STDOUT, STDERR];
export const CHANNEL_NAMES: readonly [string, string] = ['stdout', 'stderr'];

export function otherChannel(channel: SourceChannel): Channel {
  return channel === STDOUT ? STDERR : STDOUT;
}

/** Names and values of structured metadata, in the order they are written. */
export type Metadata = readonly (readonly [name: string, value: string])[];

/** Bytes of the names and values. */
export function metadataBytes(metadata: Metadata): number {
  let sum = 0;
  for (let i = 0; i < metadata.length; i += 1) sum += Buffer.byteLength(metadata[i]![0]) + Buffer.byteLength(metadata[i]![1]);
  return sum;
}

/**
 * The one record that is being looked at: a line of the runtime's log as decoded, and, once its parts are joined, an entry.
 * It is reused for every line, so it is valid only until the next call of whoever filled it; nobody keeps it.
 */
export class RecordView {
  /** Content is `buffer[start, end)`, without the line's LF. */
  buffer: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;
  /** Time that the runtime wrote, seconds since 1970 and nanoseconds within the second. */
  seconds = 0;
  nanos = 0;
  channel: SourceChannel = STDOUT;
  /** The line goes on in a later record of the same channel (CRI tag P, Docker `log` without LF). */
  partial = false;
  /** What is said about this entry beyond what holds for its whole source; null for nearly every one. */
  metadata: Metadata | null = null;
}

/** Of a record that a runtime's decoder has filled in. */
export function stdChannel({ channel }: RecordView): Channel {
  return channel as Channel;
}
