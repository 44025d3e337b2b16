import type { DeadLetter } from '../deliver/dead-letters.ts';
import { letterTime } from '../deliver/letter-line.ts';
import { civilSeconds } from '../runtime/civil-time.ts';
import { textTable } from '../runtime/text-table.ts';
import { terminalText } from '../runtime/terminal-text.ts';

/** The letters of one output, reason, tenant and stream. Names are those of `list --json`. */
interface Row {
  readonly output: string;
  readonly reason: string;
  /** Absent: that of the output. */
  readonly tenant?: string;
  readonly labels: string;
  letters: number;
  /** Of the lines themselves. */
  bytes: number;
  /** The letter with the earliest time, and the one with the latest. */
  first: DeadLetter;
  last: DeadLetter;
}

const HEAD = ['OUTPUT', 'REASON', 'LETTERS', 'BYTES', 'FIRST', 'LAST', 'STREAM'] as const;
/** Columns of numbers, which stand on the right. */
const NUMBERS: ReadonlySet<number> = new Set([2, 3]);

/** How many letters there are, by output, reason, tenant and stream. */
export class LetterTable {
  readonly #rows = new Map<string, Row>();

  add(output: string, letter: DeadLetter): void {
    const { reason, tenant, labels, line } = letter;
    const key = JSON.stringify([output, reason, tenant ?? '', labels]);
    const whose = tenant === undefined ? {} : { tenant };
    const row = this.#rows.get(key) ?? { output, reason, ...whose, labels, letters: 0, bytes: 0, first: letter, last: letter };
    this.#rows.set(key, row);
    row.letters += 1;
    row.bytes += line.length;
    if (BigInt(letter.timestampNs) < BigInt(row.first.timestampNs)) row.first = letter;
    if (BigInt(letter.timestampNs) > BigInt(row.last.timestampNs)) row.last = letter;
  }

  /** One line a row below a head, for people. */
  text(): string {
    if (this.#rows.size === 0) return 'no dead letters\n';
    return textTable([HEAD, ...this.#sorted().map(cellsOf)], NUMBERS);
  }

  /** The same as one JSON document. */
  json(): string {
    const groups = this.#sorted().map(({ first, last, ...row }) => ({
      ...row,
      first_timestamp_ns: first.timestampNs,
      last_timestamp_ns: last.timestampNs,
    }));
    return `${JSON.stringify({ groups }, null, 2)}\n`;
  }

  #sorted(): Row[] {
    return [...this.#rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
  }
}

function cellsOf({ output, reason, tenant, labels, letters, bytes, first, last }: Row): string[] {
  return [
    output,
    reason,
    String(letters),
    String(bytes),
    secondsOf(first),
    secondsOf(last),
    terminalText(tenant === undefined ? labels : `${labels} of ${tenant}`),
  ];
}

function secondsOf(letter: DeadLetter): string {
  return `${civilSeconds(letterTime(letter))}Z`;
}
