import type { LogName } from './log-name.ts';

/** By what an agent knows a file again, whatever its name. */
export type FileMark =
  | { readonly kind: 'inode'; readonly ino: string; readonly dev: string | null }
  | { readonly kind: 'first_line'; readonly crc64: bigint };

/** How far another agent had read one file. */
export interface ForeignPosition {
  /** As that agent wrote it: under its own mount root, maybe a link; null for an agent that keeps no paths. */
  readonly path: string | null;
  /** The container log that the path names; null when it names none. */
  readonly log: LogName | null;
  readonly mark: FileMark | null;
  /** Bytes of the file's content, uncompressed. */
  readonly offset: number;
}

/** What another agent had written down when it stopped. */
export interface ForeignPositions {
  readonly kind: 'positions';
  readonly agent: 'promtail' | 'alloy' | 'fluent_bit' | 'vector';
  readonly file: string;
  /** When the file was last written: what the positions say was true then. */
  readonly asOfMs: number;
  readonly entries: readonly ForeignPosition[];
  /** Entries that are of no use here: journal cursors, files that are no container's, compressed files, marks of another kind. */
  readonly ignored: number;
}

/** Why nothing can be had from a file. */
export interface ImportFault {
  readonly kind: 'fault';
  readonly file: string;
  readonly reason: 'missing' | 'unreadable' | 'malformed';
  /** What is wrong, and what to do. */
  readonly message: string;
}

/** An offset that can be counted with; null for anything else. */
export function offsetOf(text: string): number | null {
  const offset = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(offset) ? offset : null;
}
