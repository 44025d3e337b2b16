import { open } from 'node:fs/promises';
import { parseLetter, type WrittenLetter } from './letter-line.ts';

const LF = 10;
const CHUNK_BYTES = 256 * 1024;

/** One line of a dead-letter file. */
export type LetterLine = GoodLine | BadLine;

interface Line {
  readonly path: string;
  /** Counted from 1. */
  readonly lineNumber: number;
  /** Without the LF. */
  readonly raw: Buffer;
}

export interface GoodLine extends Line {
  readonly kind: 'letter';
  readonly letter: WrittenLetter;
}

export interface BadLine extends Line {
  /** `torn`: the file ends inside it; it is being written, or a crash cut it off, and nobody was told that it is kept. */
  readonly kind: 'bad' | 'torn';
  readonly fault: string;
}

/** The lines of a dead-letter file in order, whatever is in it; one of them is in memory at a time. A file that is gone has none. */
export async function* readLetters(path: string): AsyncGenerator<LetterLine> {
  let lineNumber = 0;
  for await (const { raw, isEnded } of linesOf(path)) {
    lineNumber += 1;
    const letter = parseLetter(raw);
    if (typeof letter !== 'string') yield { kind: 'letter', path, lineNumber, raw, letter };
    else if (isEnded) yield { kind: 'bad', path, lineNumber, raw, fault: letter };
    else yield { kind: 'torn', path, lineNumber, raw, fault: 'the file ends inside this line' };
  }
}

async function* linesOf(path: string): AsyncGenerator<{ raw: Buffer; isEnded: boolean }> {
  let pieces: Buffer[] = [];
  for await (const chunk of chunksOf(path)) {
    let start = 0;
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, start)) {
      yield { raw: Buffer.concat([...pieces, chunk.subarray(start, end)]), isEnded: true };
      pieces = [];
      start = end + 1;
    }
    if (start < chunk.length) pieces.push(Buffer.from(chunk.subarray(start)));
  }
  if (pieces.length > 0) yield { raw: Buffer.concat(pieces), isEnded: false };
}

/** Each chunk is valid until the next: buffers of their own would pile up until garbage collection takes notice of them. */
async function* chunksOf(path: string): AsyncGenerator<Buffer> {
  const opened = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return null;
  });
  if (opened === null) return;
  await using file = opened;
  const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
  for (;;) {
    const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES);
    if (bytesRead === 0) return;
    yield chunk.subarray(0, bytesRead);
  }
}
