import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createGunzip, gunzipSync } from 'node:zlib';
import type { FileId, Fingerprint, Time } from '../model/position.ts';
import { type FileLook, FINGERPRINT_BYTES, fingerprintOf, grownFingerprint, type LogFile } from './log-file.ts';

/** Enough of a compressed file to have FINGERPRINT_BYTES of its content. */
const HEAD_BYTES = 2 * FINGERPRINT_BYTES;
const COMPRESSED_CHUNK = 64 * 1024;
/** More than that is not inflated at once, and a file of more content not looked into but from its beginning: it could be a bomb. */
const PEEK_BYTES = 64 * 1024 * 1024;
const LF = 10;

/**
 * A rotated file that the kubelet or Docker has compressed, read as if it were not: offsets count the bytes of its content, which are
 * those of the file before, so that a position in one is a position in the other. Content is only ever inflated forwards, a chunk at a time.
 */
export class GzipFile {
  readonly id: FileId;
  readonly path: string;
  readonly birth: Time;
  readonly #file: LogFile;
  readonly #head: Buffer;
  /** Of the content, as the file's last bytes say (RFC 1952, ISIZE). */
  readonly #claimed: number;
  /** The same; what was really found once the end was seen. */
  #size: number;
  #inflating: AsyncGenerator<Buffer> | null = null;
  /** Content that was inflated and not handed out, or handed out and maybe asked for again, and where it begins. */
  #kept: Buffer = Buffer.alloc(0);
  #keptAt = 0;
  #ended = false;
  /** The content breaks off in the middle: what came before was handed out, the rest is lost. */
  damaged = false;

  constructor(file: LogFile) {
    this.#file = file;
    this.id = file.id;
    this.path = file.path;
    this.birth = file.birth;
    this.#head = inflateHead(file.peek(HEAD_BYTES, 0));
    const trailer = file.peek(4, Math.max(0, file.look().size - 4));
    this.#claimed = trailer.length === 4 ? trailer.readUInt32LE() : 0;
    this.#size = this.#claimed;
  }

  /** It will not change any more. */
  get complete(): boolean {
    return true;
  }

  /** What it says of its size where that is not so: all that whoever opens it again will see of it. */
  get claimedSize(): number | null {
    return this.damaged ? this.#claimed : null;
  }

  look(): FileLook {
    return { size: this.#size, deleted: this.#file.look().deleted };
  }

  head(): Buffer {
    return this.#head;
  }

  /**
   * Bytes of the content at `offset`, at once, for which all of it is inflated; fewer at the end, or where it is damaged, and beyond the head
   * none of content larger than PEEK_BYTES.
   */
  peek(bytes: number, offset: number): Buffer {
    if (offset + bytes <= this.#head.length) return this.#head.subarray(offset, offset + bytes);
    const { size } = this.#file.look();
    const content = size > PEEK_BYTES ? Buffer.alloc(0) : inflateWhole(this.#file.peek(size, 0));
    return content.subarray(offset, offset + bytes);
  }

  /** Compressed files are never live, and end with a line. */
  endOfLines(): number {
    return this.#size;
  }

  fingerprint(): Fingerprint {
    return fingerprintOf(this.#head, this.birth);
  }

  grown(known: Fingerprint): Fingerprint | null {
    return grownFingerprint(known, this.#head, this.birth);
  }

  /** Fills `target` with content from `offset` on; resolves with how many bytes, fewer only at the end. Rejects on I/O errors. */
  async read(target: Buffer, offset: number): Promise<number> {
    if (this.#inflating === null || offset < this.#keptAt) this.#rewind();
    let length = this.#takeKept(target, offset);
    while (length < target.length && !this.#ended) {
      await this.#inflate();
      length += this.#takeKept(target.subarray(length), offset + length);
    }
    this.#keepTail(target.subarray(0, length), offset);
    return length;
  }

  #rewind(): void {
    this.#inflating = inflated(this.#file);
    this.#kept = Buffer.alloc(0);
    this.#keptAt = 0;
    this.#ended = false;
  }

  /** Copies what is kept from `offset` on, and lets go of what lies before the end of that. */
  #takeKept(target: Buffer, offset: number): number {
    const skip = Math.min(offset - this.#keptAt, this.#kept.length);
    const copied = this.#kept.copy(target, 0, skip);
    this.#kept = this.#kept.subarray(skip + copied);
    this.#keptAt += skip + copied;
    return copied;
  }

  async #inflate(): Promise<void> {
    try {
      const { value, done } = await this.#inflating!.next();
      if (done !== true) {
        this.#kept = this.#kept.length === 0 ? value : Buffer.concat([this.#kept, value]);
        return;
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code?.startsWith('Z_') !== true) throw error;
      this.damaged = true;
    }
    this.#ended = true;
    const found = this.#keptAt + this.#kept.length;
    if (found % 2 ** 32 !== this.#size % 2 ** 32) this.damaged = true;
    this.#size = found;
  }

  /** The line that the chunk ends in will be asked for again. */
  #keepTail(chunk: Buffer, offset: number): void {
    const tail = chunk.lastIndexOf(LF) + 1;
    this.#kept = Buffer.concat([chunk.subarray(tail), this.#kept]);
    this.#keptAt = offset + tail;
  }

  close(): void {
    void this.#inflating?.return(undefined);
    this.#file.close();
  }
}

/** The beginning of the content, as far as the given beginning of the file holds it. */
function inflateHead(compressed: Buffer): Buffer {
  return inflateWhole(compressed).subarray(0, FINGERPRINT_BYTES);
}

/** Nothing if it is no gzip, or too large. */
function inflateWhole(compressed: Buffer): Buffer {
  try {
    return gunzipSync(compressed, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: PEEK_BYTES });
  } catch {
    return Buffer.alloc(0);
  }
}

/** Rejects with a code of zlib's where the content is broken; one that breaks off just ends. */
async function* inflated(file: LogFile): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ finishFlush: constants.Z_SYNC_FLUSH });
  // What goes wrong on the way is thrown to whoever iterates; here it is only kept from being unhandled.
  pipeline(Readable.from(compressedChunks(file), { objectMode: false }), gunzip).catch(() => {});
  yield* gunzip as AsyncIterable<Buffer>;
}

async function* compressedChunks(file: LogFile): AsyncGenerator<Buffer> {
  for (let offset = 0; ; ) {
    const chunk = Buffer.allocUnsafe(COMPRESSED_CHUNK);
    const length = await file.read(chunk, offset);
    if (length === 0) return;
    offset += length;
    yield chunk.subarray(0, length);
  }
}
