import { hash } from 'node:crypto';

/** A stored entry, from whatever store it was read. */
export interface Sighting {
  /** Pod and channel, as metadata and labels say: `chatty-3 stderr`. */
  readonly key: string;
  readonly line: string;
  /** Equal for entries that Loki keeps once: those of one stream with the same time, text and metadata. */
  readonly identity: string;
}

/** Findings of one kind beyond that many are only counted. */
const SHOWN = 5;

/**
 * Holds what a store has against what containers printed, line by line. Lines are numbered as ChattyContainers does it. To be fed in
 * the order of arrival, or of time.
 */
export class LineAudit {
  readonly #printed: ReadonlyMap<string, readonly string[]>;
  /** By container and channel, the identities of its lines that were seen, by their number. */
  readonly #seen = new Map<string, string[]>();
  readonly #findings = new Map<string, string[]>();
  /** Entries that came again exactly as they were. */
  again = 0;

  constructor(printed: ReadonlyMap<string, readonly string[]>) {
    this.#printed = printed;
    for (const key of printed.keys()) this.#seen.set(key, []);
  }

  /** Returns the number of the line; null for what nobody has printed. */
  see({ key, line, identity }: Sighting): number | null {
    const number = Number(/^\S+ \S+ line (\d+) /.exec(line)?.[1] ?? Number.NaN);
    const seen = this.#seen.get(key);
    if (seen === undefined || this.#printed.get(key)?.[number] !== line) {
      this.find('altered', `${key}: ${line.length} bytes, ${JSON.stringify(line.slice(0, 80))}`);
      return null;
    }
    const digest = hash('sha1', identity, 'base64');
    if (seen[number] === digest) this.again += 1;
    else if (seen[number] !== undefined) this.find('doubled', `${key} line ${number}: ${identity.slice(0, 400)}`);
    else if (number < seen.length) this.find('disordered', `${key} line ${number} came after line ${seen.length - 1}`);
    seen[number] ??= digest;
    return number;
  }

  /** For what only the caller can tell. */
  find(kind: string, what: string): void {
    const found = this.#findings.get(kind) ?? [];
    found.push(what);
    this.#findings.set(kind, found);
  }

  /** After everything was seen. */
  findLost(): void {
    for (const [key, lines] of this.#printed) {
      const seen = this.#seen.get(key)!;
      for (const [number, line] of lines.entries()) {
        if (seen[number] === undefined) this.find('lost', `${key} line ${number} of ${lines.length}, ${line.length} bytes`);
      }
    }
  }

  count(kind: string): number {
    return this.#findings.get(kind)?.length ?? 0;
  }

  /** What is wrong, for a person to read; empty when nothing is. */
  get findings(): string[] {
    return [...this.#findings].flatMap(([kind, found]) => [
      ...found.slice(0, SHOWN).map((what) => `${kind}: ${what}`),
      ...(found.length > SHOWN ? [`${kind}: ${found.length - SHOWN} more`] : []),
    ]);
  }
}
