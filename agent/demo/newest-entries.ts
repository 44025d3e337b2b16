import type { PushedEntry } from '../outputs/loki/decode-push.ts';
import type { StreamId } from './push-endpoint.ts';

export interface ShownEntry extends PushedEntry {
  readonly stream: StreamId;
}

/** The entries that came last, bounded in number and bytes. */
export class NewestEntries {
  readonly #maxEntries: number;
  readonly #maxBytes: number;
  readonly #entries: ShownEntry[] = [];
  #bytes = 0;

  constructor(maxEntries: number, maxBytes: number) {
    this.#maxEntries = maxEntries;
    this.#maxBytes = maxBytes;
  }

  add(stream: StreamId, entry: PushedEntry): void {
    // A copy: the line is a view that would keep its whole request alive.
    this.#entries.push({ ...entry, line: Buffer.from(entry.line), stream });
    this.#bytes += entry.line.length;
    while (this.#entries.length > this.#maxEntries || this.#bytes > this.#maxBytes) {
      this.#bytes -= this.#entries.shift()?.line.length ?? 0;
    }
  }

  /** In the order they came. */
  get all(): readonly ShownEntry[] {
    return this.#entries;
  }
}
