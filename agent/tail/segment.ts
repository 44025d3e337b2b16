import type { Loss } from '../model/gap.ts';
import type { Fingerprint, KnownFile } from '../model/position.ts';
import { isSameFile } from './log-file.ts';
import type { ChainFile } from './open-chain.ts';
import { isKnownFile } from './resume-chain.ts';

/** One file of a chain and its place in the source's bytes. */
export class Segment {
  file: ChainFile;
  fingerprint: Fingerprint;
  /** Bytes of its content that were seen. */
  size: number;
  /** How much of it was read in an earlier life in the chain. */
  readonly readBefore: number;
  /** Place in the source that stands for the file's first byte; null until its predecessor was read to the end. */
  base: number | null = null;
  /** What is missing before it. */
  gaps: readonly Loss[];
  /** The file was read to its end, or given up, and closed. */
  done = false;
  /** The file stands in the chain once more, further behind: a position that named it twice would look for it in the wrong place. */
  hasComeBack = false;
  /** It does not begin any more as it did: it was written anew. */
  isRewritten = false;
  /** When a successor was seen, on the monotonic clock. */
  supersededMs: number | null = null;
  /** When it was first seen without a name: its bytes last as long as it is open here. */
  deletedMs: number | null = null;

  constructor(file: ChainFile, gaps: readonly Loss[], readBefore: number) {
    this.file = file;
    this.fingerprint = file.fingerprint();
    this.size = file.look().size;
    this.gaps = gaps;
    this.readBefore = readBefore;
  }

  /** Reading of it begins, with `cursor` bytes of the source read. */
  begin(cursor: number): void {
    this.base ??= cursor - this.readBefore;
  }

  /** Of a file that was read: the bytes of the source before its end. */
  get end(): number {
    return this.base! + this.size;
  }

  /** Whether a file that was found on disk holds all that this one does, compressed. */
  isCompressedTo(found: ChainFile): boolean {
    return found.complete && isKnownFile(found, { ...this.known, size: this.file.look().size }, true);
  }

  /** Goes on in a file of the same content. */
  moveTo(file: ChainFile): void {
    this.file.close();
    this.file = file;
    this.deletedMs = null;
  }

  get known(): KnownFile {
    return { file: this.file.id, fingerprint: this.fingerprint, size: this.file.claimedSize ?? this.size };
  }

  /** Whether a file that was found on disk is this one: by another name, or compressed by now. */
  is(found: ChainFile): boolean {
    return (!this.done && isSameFile(this.file.id, found.id)) || isKnownFile(found, this.known, true);
  }
}
