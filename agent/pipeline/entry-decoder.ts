import type { ChannelMultiline } from '../model/multiline.ts';
import type { Newest, ResumePoint, Time } from '../model/position.ts';
import type { RecordView, SourceChannel } from '../model/record.ts';
import type { LineBounds, LineTable } from '../runtime/line-table.ts';

/** A piece of one file of a source, in the order of its bytes. */
interface SourceChunk {
  readonly bytes: Buffer;
  /** Bytes of the source before this chunk, over all its files. */
  readonly at: number;
  readonly startsFile: boolean;
  /** Nothing will follow in this file. */
  readonly endsFile: boolean;
  /** What stood before it is not what was fed last. */
  readonly afterGap: boolean;
  /** The chunk is as large as chunks get. */
  readonly full: boolean;
}

/**
 * Turns the bytes of one source into entries. A source feeds it chunk after chunk, each from where the last one was consumed to, and asks for
 * entries until there are no more. What comes out depends on the bytes alone, however they were cut, so that it comes again the same.
 */
export interface EntryDecoder {
  readonly counts: { readonly records: number; readonly malformed: number };
  /** Bytes of the chunk that need not be read again. */
  readonly consumed: number;
  /** The place in the source up to which bytes were handed out or are held. */
  readonly at: number;
  readonly newest: Newest;
  /** Something of the source waits here for more. */
  readonly holds: boolean;
  /** Seconds of the entry that `next` has left where it is, since it is held back; null when it has ended for want of bytes. */
  readonly earlySeconds: number | null;
  /** Whether entries may come as tables. */
  readonly hasTables: boolean;
  /** How far a place in the source is from its address in a table. */
  readonly tableBase: number;
  /** From now on `next` ends before an entry of the channel with a time (s since 1970) later than `after`, yet not than `upTo`. */
  hold(channel: SourceChannel, early: { readonly after: number; readonly upTo: number }): void;
  /** How lines are joined from now on; what is held by another rule comes first. */
  joinLines(multiline: ChannelMultiline): void;
  /** `fallbackTime`: for what tells none of its own. */
  feed(chunk: SourceChunk, fallbackTime: Time): void;
  /** Entries that come next, within `bounds`; null when the next one has to be asked for with `next`. */
  nextLines(bounds: LineBounds): LineTable | null;
  /** Fills `view` with the next entry; false when there is none. */
  next(view: RecordView): boolean;
  /**
   * Fills `view` with what is held and shall wait no longer after that much silence of the log, of which some may be unread, since its end
   * is missing; false when there is nothing of that kind. By default it is over with the log.
   */
  flush(view: RecordView, silentMs?: number, isUnread?: boolean): boolean;
  /** Where the source resumes when all that was handed out is settled, and where so that the newest entry comes again. */
  resumePoint(): ResumePoint;
  resumeBeforeEntry(): ResumePoint;
  close(): void;
}
