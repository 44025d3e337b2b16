import type { PushedEntry } from '../outputs/loki/decode-push.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Stored } from './account.ts';
import { splitNanos } from './decode-json-push.ts';

export interface LokiAddress {
  /** `http://host:port`, without a path of the API. */
  readonly url: string;
  readonly tenant: string | null;
}

/** The store can't be read; the message says what was asked and what came back. */
export class ReadBackFailed extends Error {
  override readonly name = 'ReadBackFailed';
}

/** Loki's max_entries_limit_per_query. */
const PAGE_ENTRIES = 5000;
const TIMEOUT_MS = 30_000;
const HOUR_NANOS = 3_600_000_000_000n;

/** Reads back what one run has stored in a Loki: the streams with the label `cluster` that the run has for itself. */
export class LokiReadBack {
  readonly #address: LokiAddress;
  readonly #selector: string;
  readonly #clock: Clock;
  readonly #startNanos: bigint;

  constructor(address: LokiAddress, cluster: string, clock: Clock) {
    this.#address = address;
    this.#selector = `{cluster=${JSON.stringify(cluster)}}`;
    this.#clock = clock;
    this.#startNanos = BigInt(Math.floor(clock.now())) * 1_000_000n - HOUR_NANOS;
  }

  /** How many entries there are; cheap. @throws ReadBackFailed */
  async count(): Promise<number> {
    const hours = 2 + Number((this.#endNanos() - this.#startNanos) / HOUR_NANOS);
    const answer = await this.#get('query', { query: `sum(count_over_time(${this.#selector}[${hours}h]))` });
    const { result } = answer.data as { result: { value: [number, string] }[] };
    return Number(result[0]?.value[1] ?? 0);
  }

  /** Every entry in order of time, once each. @throws ReadBackFailed */
  async *entries(): AsyncGenerator<Stored> {
    let start = this.#startNanos;
    for (;;) {
      const page = await this.#page(start);
      const last = page.at(-1)?.nanos ?? start;
      const isLastPage = page.length < PAGE_ENTRIES;
      // More entries may have the last time of a full page: the next page begins with that time again.
      const complete = isLastPage ? page : page.filter(({ nanos }) => nanos < last);
      if (complete.length === 0 && !isLastPage)
        throw new ReadBackFailed(`more than ${PAGE_ENTRIES} entries have one time, Loki can't page through them`);
      yield* complete.map(({ stored }) => stored);
      if (isLastPage) return;
      start = last;
    }
  }

  async #page(start: bigint): Promise<{ nanos: bigint; stored: Stored }[]> {
    const page = { query: this.#selector, start: `${start}`, end: `${this.#endNanos()}`, limit: `${PAGE_ENTRIES}`, direction: 'forward' };
    const answer = await this.#get('query_range', page);
    const { result } = answer.data as { result: { stream: Record<string, string>; values: [string, string][] }[] };
    const found = result.flatMap(({ stream, values }) => values.map(([time, line]) => storedEntry(stream, BigInt(time), line)));
    return found.sort((a, b) => (a.nanos < b.nanos ? -1 : Number(a.nanos > b.nanos)));
  }

  #endNanos(): bigint {
    return BigInt(Math.ceil(this.#clock.now())) * 1_000_000n + HOUR_NANOS;
  }

  async #get(endpoint: string, parameters: Record<string, string>): Promise<{ data: unknown }> {
    const { url, tenant } = this.#address;
    const done = new AbortController();
    const timeout = new AbortController();
    void this.#clock.sleep(TIMEOUT_MS, done.signal).then(() => timeout.abort());
    try {
      const query = new URLSearchParams(parameters);
      const headers: Record<string, string> = tenant === null ? {} : { 'x-scope-orgid': tenant };
      const response = await fetch(`${url}/loki/api/v1/${endpoint}?${query.toString()}`, { headers, signal: timeout.signal });
      const text = await response.text();
      if (!response.ok) throw new ReadBackFailed(`${endpoint} was answered with ${response.status}: ${text.slice(0, 200)}`);
      return JSON.parse(text) as { data: unknown };
    } catch (error) {
      if (error instanceof ReadBackFailed) throw error;
      throw new ReadBackFailed(`${endpoint} at ${url} failed: ${describe(error)}`);
    } finally {
      done.abort();
    }
  }
}

/** Metadata comes back merged into the labels, so that here it is part of the stream. */
function storedEntry(stream: Record<string, string>, nanos: bigint, line: string): { nanos: bigint; stored: Stored } {
  const [seconds, rest] = splitNanos(nanos);
  const entry: PushedEntry = { seconds, nanos: rest, line: Buffer.from(line), metadata: [] };
  return { nanos, stored: { labels: stream, stream: JSON.stringify(stream), entry } };
}

/** fetch hides the reason of a network failure in the cause of its error. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
