import { MalformedPush, parseLabels, type PushedStream } from './decode-push.ts';

/** A label string within a sentence of Loki's, for a RegExp. Quotes inside of it are escaped, so that it ends where it should. */
export const LABELS: string = String.raw`(?<labels>\{(?:[^"{}]|"(?:[^"\\]|\\.)*")*\})`;

/** What Loki itself adds to a stream (loki pkg/loghttp/push/push.go, pkg/ingester/instance.go, pkg/distributor/distributor.go). */
const ADDED_LABELS: ReadonlySet<string> = new Set(['service_name', '__stream_shard__', '__time_shard__']);

type Pairs = readonly (readonly [name: string, value: string])[];

/** Finds the streams of a request by the names that Loki calls them in an answer: sorted, quoted its way, with labels of its own. */
export class StreamNames {
  readonly #streams = new Map<string, { readonly index: number; readonly pairs: Pairs }[]>();

  constructor(streams: readonly PushedStream[]) {
    for (const [index, { labels }] of streams.entries()) {
      const pairs = labelPairs(labels);
      if (pairs === null) continue;
      const alike = this.#streams.getOrInsert(keyOf(pairs), []);
      alike.push({ index, pairs });
    }
  }

  /** The index of the one stream that `labels` can mean; null when there is none, or more than one. */
  find(labels: string): number | null {
    const named = labelPairs(labels);
    if (named === null) return null;
    const alike = this.#streams.get(keyOf(named)) ?? [];
    const meant = alike.filter(({ pairs }) => pairs.every(([name, value]) => named.some(([n, v]) => n === name && v === value)));
    return meant.length === 1 ? meant[0]!.index : null;
  }
}

/** Null when the string is none that we read. */
export function labelPairs(labels: string): Pairs | null {
  try {
    return parseLabels(labels);
  } catch (error) {
    if (error instanceof MalformedPush) return null;
    throw error;
  }
}

function keyOf(pairs: Pairs): string {
  return JSON.stringify(pairs.filter(([name]) => !ADDED_LABELS.has(name)));
}
