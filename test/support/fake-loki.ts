import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { type DecodedRequest, decodeRequest } from '../../agent/demo/decode-request.ts';
import { LoopbackServer, readBody } from '../../agent/demo/loopback-server.ts';
import { type PushAnswer, PushEndpoint } from '../../agent/demo/push-endpoint.ts';
import type { LokiLimits } from '../../agent/demo/push-rules.ts';
import { tenantOf } from '../../agent/demo/tenant.ts';
import { type Clock, systemClock } from '../../agent/runtime/clock.ts';
import { endOfDelay, type Fault } from './fake-loki-fault.ts';
import { FakeLokiStore, type StoredEntry, type StoreOptions } from './fake-loki-store.ts';
import { type FaultScope, FaultScript } from './fault-script.ts';

export interface FakeLokiOptions extends StoreOptions {
  readonly clock?: Clock;
  readonly limits?: Partial<LokiLimits>;
  /** Loki's auth_enabled: without it every push is tenant `fake`'s. */
  readonly auth?: boolean;
}

/** A push as it arrived, whatever became of it. */
export interface SeenRequest {
  readonly headers: IncomingHttpHeaders;
  readonly bodyBytes: number;
  /** After decompression; 0 when the body can't be read. */
  readonly decodedBytes: number;
  /** Label strings as sent, and how many entries came with them. */
  readonly streams: readonly string[];
  readonly entries: number;
  /** Bytes of its longest line: by that a test knows a push that holds a certain line. */
  readonly longestLine: number;
  /** Those of its streams that another push in flight also had when this one arrived: must stay empty. */
  readonly overlaps: readonly string[];
  /** How many pushes were in flight, this one included. */
  readonly inFlight: number;
  /** The status answered; null while in flight, and for good when the connection ended without an answer. */
  status: number | null;
}

/**
 * A Loki that stores in memory, is as strict as the real one (PushEndpoint has the rules), and fails when told to. All that happens
 * wakes `waitFor`, so tests wait for events and never for time.
 */
export class FakeLoki implements AsyncDisposable {
  readonly requests: SeenRequest[] = [];
  readonly #store: FakeLokiStore;
  readonly #endpoint: PushEndpoint;
  readonly #auth: boolean;
  readonly #faults = new FaultScript<Fault, SeenRequest>();
  readonly #inFlight = new Set<SeenRequest>();
  readonly #waiters = new Set<{ readonly check: () => void; readonly fail: (reason: Error) => void }>();
  readonly #server: LoopbackServer;

  private constructor({ clock = systemClock, limits = {}, auth = false, ...storing }: FakeLokiOptions) {
    this.#store = new FakeLokiStore(storing);
    this.#endpoint = new PushEndpoint({ store: this.#store, clock, limits });
    this.#auth = auth;
    this.#server = new LoopbackServer((request, response) => this.#handle(request, response), clock);
  }

  static async start(options: FakeLokiOptions = {}): Promise<FakeLoki> {
    const loki = new FakeLoki(options);
    await loki.up();
    return loki;
  }

  /** Where it listens: `http://127.0.0.1:<port>`. */
  get url(): string {
    return this.#server.url;
  }

  get pushUrl(): string {
    return `${this.url}/loki/api/v1/push`;
  }

  /** Stored entries in the order they came, of the streams that have all the labels in `selector`. */
  entries(selector: Readonly<Record<string, string>> = {}): StoredEntry[] {
    const wanted = Object.entries(selector);
    return this.#store.all.filter(({ stream: { labels } }) => wanted.every(([name, value]) => labels[name] === value));
  }

  /** The lines of `entries`, as UTF-8. */
  lines(selector: Readonly<Record<string, string>> = {}): string[] {
    return this.entries(selector).map(({ line }) => line.toString());
  }

  /** Stored entries by the canonical label string of their stream. */
  get streams(): ReadonlyMap<string, readonly StoredEntry[]> {
    return this.#store.byStream;
  }

  /** How many entries are stored, how many bytes their lines have, and how many more were recognised as already stored. */
  get counts(): { readonly stored: number; readonly bytes: number; readonly known: number } {
    return { stored: this.#store.count, bytes: this.#store.bytes, known: this.#store.known };
  }

  /** Lets pushes suffer `fault`: the next one, unless `scope` says otherwise. Faults are used up in the order they were added. */
  fault(fault: Fault, scope: FaultScope<SeenRequest> = {}): void {
    this.#faults.add(fault, scope);
  }

  clearFaults(): void {
    this.#faults.clear();
  }

  /** Resolves once `predicate` holds, looked at after everything that happens; rejects when the fake Loki ends before. */
  waitFor(predicate: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiter = {
        check: (): void => {
          if (predicate()) {
            this.#waiters.delete(waiter);
            resolve();
          }
        },
        fail: reject,
      };
      this.#waiters.add(waiter);
      waiter.check();
    });
  }

  /** Comes back on the same port after `down`; what was stored still is. */
  async up(): Promise<void> {
    await this.#server.up();
  }

  /** Cuts all connections and refuses new ones. */
  async down(): Promise<void> {
    await this.#server.down();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.down();
    const { stored, known } = this.counts;
    const reason = new Error(`the fake Loki ended with ${stored} entries stored, ${known} known, ${this.requests.length} requests`);
    for (const { fail } of this.#waiters) fail(reason);
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === '/ready') return void response.end('ready\n');
    if (request.url !== '/loki/api/v1/push') return void response.writeHead(404).end('404 page not found\n');
    if (request.method !== 'POST') return void response.writeHead(405).end();
    const body = await readBody(request, this.#endpoint.limits.maxBodyBytes);
    const decoded = this.#decode(request.headers, body);
    const seen = this.#see(request.headers, body?.length ?? 0, decoded);
    response.once('close', () => this.#leave(seen));
    await this.#suffer(this.#faults.take(seen), { request, response, seen, decoded });
  }

  #decode(headers: IncomingHttpHeaders, body: Buffer | null): DecodedRequest {
    const { maxBodyBytes, maxDecodedBytes } = this.#endpoint.limits;
    if (body !== null) return decodeRequest(headers, body, maxDecodedBytes);
    return { kind: 'refused', status: 413, message: `request body too large, limit: ${maxBodyBytes} bytes` };
  }

  #see(headers: IncomingHttpHeaders, bodyBytes: number, decoded: DecodedRequest): SeenRequest {
    const { streams, decodedBytes } = decoded.kind === 'push' ? decoded : { streams: [], decodedBytes: 0 };
    const names = streams.map(({ labels }) => labels);
    const busy = new Set([...this.#inFlight].flatMap((other) => other.streams));
    const seen: SeenRequest = {
      headers,
      bodyBytes,
      decodedBytes,
      streams: names,
      entries: streams.reduce((sum, { entries }) => sum + entries.length, 0),
      longestLine: streams.flatMap(({ entries }) => entries).reduce((most, { line }) => Math.max(most, line.length), 0),
      overlaps: names.filter((name) => busy.has(name)),
      inFlight: this.#inFlight.size + 1,
      status: null,
    };
    this.requests.push(seen);
    this.#inFlight.add(seen);
    this.#wake();
    return seen;
  }

  async #suffer(fault: Fault | null, push: Push): Promise<void> {
    if (fault?.delay !== undefined) await endOfDelay(fault.delay, push.seen);
    switch (fault?.kind) {
      case undefined:
      case 'slow':
        return this.#answer(push, this.#accept(push));
      case 'answer':
        if (fault.store === true) this.#accept(push);
        return this.#answer(push, { status: fault.status, message: fault.body ?? '' }, fault.headers);
      case 'reset':
        if (fault.stored) this.#accept(push);
        this.#leave(push.seen);
        push.request.socket.resetAndDestroy();
        return;
      case 'hang':
        if (fault.stored) this.#accept(push);
        this.#wake();
    }
  }

  #accept({ request, decoded }: Push): PushAnswer {
    const header = request.headers['x-scope-orgid'];
    const tenant = tenantOf(typeof header === 'string' ? header : undefined, this.#auth);
    if (typeof tenant !== 'string') return tenant;
    return decoded.kind === 'push' ? this.#endpoint.push(tenant, decoded.streams, decoded.decodedBytes) : decoded;
  }

  #answer({ response, seen }: Push, { status, message }: PushAnswer, headers: Readonly<Record<string, string>> = {}): void {
    seen.status = status;
    // Before the bytes leave: the client's next push must not overlap with one that is as good as answered.
    this.#leave(seen);
    response.writeHead(status, { ...(message === '' ? {} : { 'content-type': 'text/plain; charset=utf-8' }), ...headers });
    response.end(message === '' ? '' : `${message}\n`);
  }

  #leave(seen: SeenRequest): void {
    this.#inFlight.delete(seen);
    this.#wake();
  }

  #wake(): void {
    for (const { check } of this.#waiters) check();
  }
}

interface Push {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly seen: SeenRequest;
  readonly decoded: DecodedRequest;
}
