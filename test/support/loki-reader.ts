import { setTimeout as sleep } from 'node:timers/promises';

/** One stored entry as Loki gives it back. */
export interface StoredEntry {
  readonly labels: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly nanos: bigint;
  readonly line: string;
}

interface QueryResponse {
  readonly data: {
    readonly result: readonly {
      readonly stream: Record<string, string>;
      readonly values: readonly [string, string, { structuredMetadata?: Record<string, string> }?][];
    }[];
  };
}

interface CountResponse {
  readonly data: { readonly result: readonly { readonly value: readonly [number, string] }[] };
}

/** The most entries that Loki's default limits give out at once. */
const PAGE = 5000;
const PATIENCE_MS = 60_000;
const HOUR_NANOS = 3_600_000_000_000n;

/** Reads back what one tenant has stored, however many pages that takes. */
export class LokiReader {
  readonly #url: string;
  readonly #tenant: string;

  constructor(url: string, tenant: string) {
    this.#url = url;
    this.#tenant = tenant;
  }

  /** Every entry of the last `hours` that the selector matches, in order of time. */
  async entries(selector: string, hours = 2): Promise<StoredEntry[]> {
    const now = BigInt(Date.now()) * 1_000_000n;
    const end = now + HOUR_NANOS;
    let start = now - BigInt(hours) * HOUR_NANOS;
    const found: StoredEntry[] = [];
    for (;;) {
      const page = await this.#page(selector, start, end);
      if (page.length < PAGE) return [...found, ...page];
      // More entries may share the last timestamp of a full page: that instant is read again as the start of the next one.
      const last = page.at(-1)?.nanos ?? end;
      const complete = page.filter((entry) => entry.nanos < last);
      if (complete.length === 0) throw new Error(`more than ${PAGE} entries at one instant, Loki cannot page through them`);
      found.push(...complete);
      start = last;
    }
  }

  /**
   * Waits until that many entries are stored, and returns all that are. Those that came again, but too late to be recognised, are
   * counted and not given out: they are no reason to stop waiting.
   */
  async atLeast(count: number, selector: string): Promise<StoredEntry[]> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const found = await this.#count(selector);
      const entries = found < count ? [] : await this.entries(selector);
      if (entries.length >= count) return entries;
      if (Date.now() > deadline) throw new Error(`${found} of ${count} entries arrived within ${PATIENCE_MS / 1000} s`);
      await sleep(200);
    }
  }

  /** Much cheaper than reading all. */
  async #count(selector: string): Promise<number> {
    const { data } = await this.#get<CountResponse>('query', { query: `sum(count_over_time(${selector}[2h]))` });
    return Number(data.result[0]?.value[1] ?? 0);
  }

  async #page(selector: string, start: bigint, end: bigint): Promise<StoredEntry[]> {
    const page = { query: selector, start: `${start}`, end: `${end}`, limit: `${PAGE}`, direction: 'forward' };
    const { data } = await this.#get<QueryResponse>('query_range', page);
    return data.result
      .flatMap(({ stream, values }) =>
        values.map(([nanos, line, sets]) => ({ labels: stream, metadata: sets?.structuredMetadata ?? {}, nanos: BigInt(nanos), line })),
      )
      .sort((a, b) => (a.nanos < b.nanos ? -1 : Number(a.nanos > b.nanos)));
  }

  async #get<T>(endpoint: string, parameters: Record<string, string>): Promise<T> {
    const response = await fetch(`${this.#url}/loki/api/v1/${endpoint}?${new URLSearchParams(parameters).toString()}`, {
      // Without the flag structured metadata comes back mixed into the labels.
      headers: { 'X-Scope-OrgID': this.#tenant, 'X-Loki-Response-Encoding-Flags': 'categorize-labels' },
    });
    if (!response.ok) throw new Error(`${endpoint} ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  }
}
