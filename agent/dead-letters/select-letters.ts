import type { DeadLetter } from '../deliver/dead-letters.ts';
import { type BadLine, type GoodLine, readLetters } from '../deliver/read-letters.ts';
import type { DropReason } from '../model/verdict.ts';

/** Which letters are meant; null for any. */
export interface LetterFilter {
  readonly reason: DropReason | null;
  /** What the source's id begins with: `<namespace>_<pod>_<uid>/<container>/<attempt>`. */
  readonly sourcePrefix: string | null;
}

/** The letters of some files that a filter lets through, in order; lines that are no letters go to `onBad`. */
export async function* selectLetters(
  paths: readonly string[],
  filter: LetterFilter,
  onBad: (line: BadLine) => void,
): AsyncGenerator<GoodLine> {
  for (const path of paths) {
    for await (const line of readLetters(path)) {
      if (line.kind !== 'letter') onBad(line);
      else if (isMeant(line.letter, filter)) yield line;
    }
  }
}

export function isMeant({ reason, source }: DeadLetter, filter: LetterFilter): boolean {
  return (filter.reason === null || reason === filter.reason) && (filter.sourcePrefix === null || source.startsWith(filter.sourcePrefix));
}

/** `FILE:LINE: what is wrong` */
export function describeBad({ path, lineNumber, fault }: BadLine): string {
  return `${path}:${lineNumber}: no dead letter: ${fault}`;
}
