import { hash } from 'node:crypto';
import type { PushedEntry } from '../outputs/loki/decode-push.ts';

/** The sum of it all. Everything but `written`, `stored` and `sentAgain` is to be 0. */
export interface Tally {
  readonly written: number;
  /** Different lines that are stored. */
  readonly stored: number;
  /** Lines that are not stored. */
  readonly lost: number;
  /** Lines that are stored a second time as something else: another stream, time or metadata. */
  readonly doubled: number;
  /** Stored lines that differ from what was written, and such as were never written. */
  readonly altered: number;
  /** Lines stored after a later one of their container and channel. */
  readonly disordered: number;
  /** Entries that came again exactly as they were, which Loki keeps once. */
  readonly sentAgain: number;
}

/** A stored entry, and where it was found. */
export interface Stored {
  readonly labels: Readonly<Record<string, string>>;
  readonly stream: string;
  readonly entry: PushedEntry;
}

/** Lines looked back at; a line older than that is settled: stored, or lost. At demo rates that is minutes. */
const DEFAULT_MEMORY_LINES = 131_072;

/**
 * Books of what every container has written and what of it is stored, line by line. Each line bears a number, counted from 1 per
 * container (`seq=17` or `"seq":17`), and the account keeps 16 bytes for each of the last `memoryLines`.
 */
export class Account {
  readonly #books = new Map<string, Book>();
  readonly #memoryLines: number;
  #foreign = 0;

  constructor(memoryLines: number = DEFAULT_MEMORY_LINES) {
    this.#memoryLines = memoryLines;
  }

  /** Books a line as written by a container, or begun; it bears the next number of that container. */
  wrote(container: string, line: Buffer): void {
    this.#book(container).wrote(line);
  }

  /** Books an entry as stored. Returns false for one that is there already, exactly as it is. */
  stored({ labels, stream, entry }: Stored): boolean {
    const book = this.#books.get(labels['container'] ?? '');
    const number = /\bseq(?:=|":)(?<number>\d{1,15})/.exec(entry.line.toString('latin1', 0, 512))?.groups?.['number'];
    if (book === undefined || number === undefined) {
      this.#foreign++;
      return true;
    }
    return book.stored(Number(number), { channel: labels['stream'] ?? '', line: entry.line, identity: identityOf(stream, entry) });
  }

  /** Sums of one container, or of all. */
  tally(container?: string): Tally {
    const books = container === undefined ? [...this.#books.values()] : [this.#book(container)];
    const sum = (count: (book: Book) => number): number => books.reduce((total, book) => total + count(book), 0);
    const [written, stored] = [sum((book) => book.written), sum((book) => book.storedLines)];
    return {
      written,
      stored,
      lost: written - stored,
      doubled: sum((book) => book.doubled),
      altered: sum((book) => book.altered) + (container === undefined ? this.#foreign : 0),
      disordered: sum((book) => book.disordered),
      sentAgain: sum((book) => book.sentAgain),
    };
  }

  #book(container: string): Book {
    const book = this.#books.get(container) ?? new Book(this.#memoryLines);
    this.#books.set(container, book);
    return book;
  }
}

interface StoredLine {
  readonly channel: string;
  readonly line: Buffer;
  readonly identity: bigint;
}

/** One container's lines. Line number n is at n modulo the memory. */
class Book {
  written = 0;
  storedLines = 0;
  doubled = 0;
  altered = 0;
  disordered = 0;
  sentAgain = 0;
  readonly #contents: BigUint64Array;
  /** What is stored for a line; 0 while nothing is. */
  readonly #identities: BigUint64Array;
  /** Per channel, the highest number that is stored. */
  readonly #highest = new Map<string, number>();

  constructor(memoryLines: number) {
    this.#contents = new BigUint64Array(memoryLines);
    this.#identities = new BigUint64Array(memoryLines);
  }

  wrote(line: Buffer): void {
    this.written++;
    const slot = this.written % this.#contents.length;
    this.#contents[slot] = digest(line);
    this.#identities[slot] = 0n;
  }

  stored(number: number, { channel, line, identity }: StoredLine): boolean {
    const slot = number % this.#contents.length;
    const isKnown = number >= 1 && number <= this.written && number > this.written - this.#contents.length;
    if (!isKnown || this.#contents[slot] !== digest(line)) {
      this.altered++;
      return true;
    }
    const before = this.#identities[slot];
    if (before === identity) {
      this.sentAgain++;
      return false;
    }
    if (before !== 0n) {
      this.doubled++;
      return true;
    }
    this.#identities[slot] = identity;
    this.storedLines++;
    const highest = this.#highest.get(channel) ?? 0;
    if (number < highest) this.disordered++;
    this.#highest.set(channel, Math.max(highest, number));
    return true;
  }
}

/** Equal for entries that Loki keeps once: those of one stream with the same time, line and metadata. Never 0. */
function identityOf(stream: string, { seconds, nanos, line, metadata }: PushedEntry): bigint {
  const head = JSON.stringify([stream, seconds, nanos, metadata]);
  return digest(Buffer.concat([Buffer.from(head), line])) || 1n;
}

function digest(bytes: Buffer): bigint {
  return hash('sha1', bytes, 'buffer').readBigUInt64LE();
}
