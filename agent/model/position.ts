import type { Attribution } from './attribution.ts';
import type { Gap } from './gap.ts';
import { type Channel, type SourceChannel, STDERR, STDOUT } from './record.ts';

/** An inode, as decimal strings: inode numbers may exceed 2^53. */
export interface FileId {
  readonly dev: string;
  readonly ino: string;
}

/** Hash of the first `bytes` bytes of a file's content; an empty file's birth. Inodes are reused at once, so an inode alone is no identity. */
export interface Fingerprint {
  readonly bytes: number;
  readonly hash: string;
}

/** Seconds since 1970 and nanoseconds within the second. */
export type Time = readonly [seconds: number, nanos: number];

/** Where decoding of a channel stands between two records: all that a later entry depends on but its own bytes. */
export interface ChannelState {
  /** First and last time of the run of equal times that the newest entry belongs to. */
  readonly runStart: Time;
  readonly runEnd: Time;
  /** Set while a line that was cut at the line limit goes on: its time, and what of it was already handed on. */
  readonly line: { readonly time: Time; readonly pieces: number; readonly bytes: number } | null;
  /** What stages keep for the entry that comes next; absent: nothing. */
  readonly memory?: readonly number[];
}

/** Set while a record too long for one read goes on: the header's facts for the bytes that follow. */
export interface OpenRecord {
  readonly channel: Channel;
  readonly partial: boolean;
  readonly malformed: boolean;
  /** Its content is the text of a JSON string, and ends with that. */
  readonly escaped: boolean;
  readonly time: Time;
}

/**
 * Where one channel of a source resumes: everything of the channel before it is settled, everything after it comes again,
 * byte for byte. The two channels of a source resume at places of their own, since one may be inside a long line while the other goes on.
 */
interface Resume {
  readonly state: ChannelState;
  /** Set when the place is inside a record that was too long for one read. */
  readonly record: OpenRecord | null;
}

/** Within one run of the agent: `at` counts the bytes of the source over all its files, so that places compare as numbers over rotations. */
export interface ChannelResume extends Resume {
  readonly at: number;
}

/** Across runs: one of the position's files, by its index there, and a byte of its (decompressed) content. */
export interface ChannelPosition extends Resume {
  readonly file: number;
  readonly offset: number;
}

/** A file of a log as it was last seen. */
export interface KnownFile {
  readonly file: FileId;
  readonly fingerprint: Fingerprint;
  /** Bytes of its (decompressed) content. */
  readonly size: number;
}

/** Indexed by channel. */
export type ResumePoint = readonly [ChannelResume, ChannelResume];

/** What a checkpoint holds of a source. */
export interface Position {
  /**
   * The files of the log that were there or are still to be read, oldest first. Those before both channels' were read to their end,
   * so that whatever is on disk and not among them is new; those behind were seen, so that their absence is a loss.
   */
  readonly files: readonly KnownFile[];
  /** Indexed by channel. */
  readonly channels: readonly [ChannelPosition, ChannelPosition];
  /** Losses before this position of which no record has reached the store. */
  readonly gaps: readonly Gap[];
  /** Whose the log was when it was begun; absent while that is not known. */
  readonly attribution?: Attribution;
}

const ZERO: Time = [0, 0];
/** The state of a channel of which nothing was read. */
export const INITIAL_STATE: ChannelState = { runStart: ZERO, runEnd: ZERO, line: null };

/** Bytes that a position has not settled, as far as they were seen when it was taken. */
export function unsettledBytes({ files, channels }: Position): number {
  const from = ({ file, offset }: ChannelPosition, index: number): number =>
    index < file ? (files[index]?.size ?? 0) : index === file ? offset : 0;
  return files.reduce((sum, { size }, index) => sum + Math.max(0, size - Math.min(...channels.map((channel) => from(channel, index)))), 0);
}

/**
 * Whether a file was read to its end and all of it is settled; false for one that the position does not know. Of two files with its inode
 * the newer one is meant: whoever removes files removes them oldest first, and an inode is used again at once.
 */
export function hasSettled({ files, channels }: Position, { dev, ino }: FileId): boolean {
  const index = files.findLastIndex(({ file }) => file.ino === ino && file.dev === dev);
  return index >= 0 && index < Math.min(...channels.map(({ file }) => file));
}

/** Time and channel of the newest entry of a source; [0, 0] before the first. */
export interface Newest {
  readonly time: Time;
  readonly channel: SourceChannel;
}

/** Of the newest entries of both channels, the newer one. */
export function newerOf(out: Time, err: Time): Newest {
  const isErr = (err[0] - out[0] || err[1] - out[1]) > 0;
  return isErr ? { time: err, channel: STDERR } : { time: out, channel: STDOUT };
}

/** What a position knows of the newest entry before it. */
export function newestTime({ channels: [out, err] }: Position): Newest {
  return newerOf(out.state.runEnd, err.state.runEnd);
}
