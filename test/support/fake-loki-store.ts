import type { EntryStore, StreamId } from '../../agent/demo/push-endpoint.ts';
import type { PushedEntry } from '../../agent/outputs/loki/decode-push.ts';

export interface StoredEntry extends PushedEntry {
  readonly stream: StreamId;
}

export interface StoreOptions {
  /** When off, entries that Loki would recognise and drop are stored again, so that a test sees every time one was sent. */
  readonly deduplicate?: boolean;
  /** When off, entries are counted only. */
  readonly keepEntries?: boolean;
  /** More than that is a test gone wrong, and throws. */
  readonly maxBytes?: number;
}

/** Everything that was pushed to a fake Loki and accepted. */
export class FakeLokiStore implements EntryStore {
  readonly #options: Required<StoreOptions>;
  readonly all: StoredEntry[] = [];
  readonly byStream: Map<string, StoredEntry[]> = new Map();
  /** Stored entries, their bytes, and those that were recognised. */
  count = 0;
  bytes = 0;
  known = 0;

  constructor({ deduplicate = true, keepEntries = true, maxBytes = 268_435_456 }: StoreOptions) {
    this.#options = { deduplicate, keepEntries, maxBytes };
  }

  store(stream: StreamId, entry: PushedEntry, known: boolean): void {
    if (known) this.known++;
    if (known && this.#options.deduplicate) return;
    this.count++;
    this.bytes += entry.line.length;
    if (!this.#options.keepEntries) return;
    if (this.bytes > this.#options.maxBytes) throw new Error(`the fake Loki keeps at most ${this.#options.maxBytes} bytes`);
    // A copy: the entry's line is a view that would keep its whole request alive.
    this.#keep({ ...entry, line: Buffer.from(entry.line), stream });
  }

  #keep(entry: StoredEntry): void {
    this.all.push(entry);
    const stream = this.byStream.get(entry.stream.name);
    if (stream === undefined) this.byStream.set(entry.stream.name, [entry]);
    else stream.push(entry);
  }
}
