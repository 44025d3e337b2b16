import type { CandidateFile } from '../../agent/import/place-of.ts';

const LF = 10;

/** One record of a test's log: its time in milliseconds, and what follows it. */
export interface TestRecord {
  readonly ms: number;
  readonly text: string;
}

export interface TestFile {
  readonly name: string;
  readonly ino: string;
  readonly records: readonly TestRecord[];
}

export function lineOf({ ms, text }: TestRecord): string {
  return `${ms} ${text}\n`;
}

/** Bytes of the first `count` records. */
export function endOf({ records }: TestFile, count: number): number {
  return Buffer.byteLength(records.slice(0, count).map(lineOf).join(''));
}

/** A file of a chain as `placeOf` looks at it. */
export function candidate(file: TestFile): CandidateFile {
  const content = Buffer.from(file.records.map(lineOf).join(''));
  return {
    id: { dev: '1', ino: file.ino },
    name: file.name,
    size: content.length,
    firstRecordMs: file.records[0]?.ms ?? null,
    head: (bytes) => content.subarray(0, bytes),
    recordBefore: (offset) => {
      const end = content.subarray(0, offset).lastIndexOf(LF) + 1;
      if (end === 0) return null;
      const start = content.subarray(0, end - 1).lastIndexOf(LF) + 1;
      return { end, ms: Number.parseInt(content.toString('latin1', start, end), 10) };
    },
  };
}
