import { gzipSync } from 'node:zlib';
import type { BatchEncoder, Output, PlainEntry } from '../../deliver/output.ts';
import type { StreamIdentity } from '../../model/labels.ts';
import type { RecordView } from '../../model/record.ts';
import type { Guilty, Verdict } from '../../model/verdict.ts';
import type { Clock } from '../../runtime/clock.ts';
import { type HttpAnswer, HttpClient, type HttpClientOptions } from '../../runtime/http-client.ts';
import type { LineMemory } from '../../runtime/line-memory.ts';
import { SecretFile } from '../../runtime/secret-file.ts';
import { StoreClock } from '../store-clock.ts';
import { askTenants, NO_STREAMS, type TenantsAnswer } from './ask-tenants.ts';
import { decodePush, type PushedStream } from './decode-push.ts';
import { type BlockEncoder, LokiStreams, PushEncoder, type LokiRoute } from './encode-push.ts';
import { guiltyEntries, refusedEntries } from './guilty-entries.ts';
import { limitedStreams } from './limited-streams.ts';
import { LiteralEncoder } from './literal-encoder.ts';
import { pushJson, timestampNs } from './push-json.ts';
import { pushVerdict } from './push-verdict.ts';
import { selectPush } from './select-push.ts';
import { SnappyEncoder } from './snappy-encoder.ts';
import { uncompressSnappy } from './uncompress-snappy.ts';
import { WireBufferPool } from '../../runtime/wire-buffer.ts';

export interface LokiOutputOptions extends HttpClientOptions {
  readonly name: string;
  readonly tenant: string | null;
  readonly format: 'protobuf' | 'json';
  readonly compression: 'snappy' | 'gzip' | 'none';
  readonly headers: Readonly<Record<string, string>>;
  readonly basicAuth: { readonly username: string; readonly passwordFile: string } | null;
  readonly bearerTokenFile: string | null;
  readonly userAgent: string;
  /** Hears the HTTP status of every request, or `network` or `timeout`. */
  readonly onRequest: (outcome: string) => void;
}

/** What carries a push to a Loki and its answer back. */
export type LokiClient = Pick<HttpClient, 'post' | 'redirect' | typeof Symbol.asyncDispose>;

/** Where requests go, and with what. */
interface Destination {
  readonly options: LokiOutputOptions;
  readonly authorization: (() => string) | null;
}

/** What is one for all tenants of a store: where it is, its time, and memory that is needed for one batch at a time. */
interface OfStore {
  destination: Destination;
  readonly clock: StoreClock;
  readonly block: BlockEncoder;
  readonly pool: WireBufferPool;
}

/**
 * Loki's push API, as one tenant. Batches are kept as snappy blocks of protobuf, which is what is sent; with format json they are turned into
 * that as they are sent.
 */
export class LokiOutput implements Output<LokiRoute>, AsyncDisposable {
  readonly name: string;
  readonly #tenant: string | null;
  readonly #clock: Clock;
  readonly #client: LokiClient;
  readonly #store: OfStore;
  readonly #streams = new LokiStreams();
  /** Constant ones of a destination. */
  #headers: { readonly of: Destination; readonly headers: Readonly<Record<string, string>> } | null = null;

  constructor(
    options: LokiOutputOptions,
    clock: Clock,
    client: LokiClient = new HttpClient(options),
    store: OfStore = storeOf(options, clock),
  ) {
    this.name = options.name;
    this.#tenant = options.tenant;
    this.#clock = clock;
    this.#client = client;
    this.#store = store;
  }

  /** The same store as another tenant, whose streams are its own; over the same connections, which are those of this output to close. */
  as(tenant: string | null): LokiOutput {
    return new LokiOutput({ ...this.#store.destination.options, tenant }, this.#clock, this.#client, this.#store);
  }

  /**
   * From now on requests of all tenants go where these options say, with what they say; those under way end as they began, and are repeated
   * there. Name and tenant stay, and how blocks are compressed.
   */
  redirect(options: LokiOutputOptions): void {
    this.#store.destination = destinationOf(options);
    this.#client.redirect(options);
  }

  route(identity: StreamIdentity): LokiRoute {
    return this.#streams.route(identity);
  }

  encoder(lines?: LineMemory): BatchEncoder<LokiRoute> {
    return new PushEncoder(this.#store.block, lines, this.#store.pool);
  }

  async push(body: Buffer, signal: AbortSignal): Promise<Verdict> {
    const { options, authorization } = this.#store.destination;
    let headers = this.#headersFor(this.#store.destination);
    try {
      if (authorization !== null) headers = { ...headers, authorization: authorization() };
    } catch (error) {
      return { kind: 'misconfigured', reason: 'unauthorized', detail: `credentials cannot be read: ${(error as Error).message}` };
    }
    const answer = await this.#client.post(headers, this.#bodyOf(body), signal);
    options.onRequest(answer.kind === 'answer' ? String(answer.status) : answer.reason);
    if (answer.kind === 'answer' && answer.date !== null) this.#store.clock.learn(answer.date);
    const verdict = pushVerdict(answer, this.now());
    return answer.kind === 'answer' ? named(verdict, answer.text, body) : verdict;
  }

  /** Whether the store keeps what is pushed as one tenant apart from what is pushed as others. Rejects over a bug only. */
  tenants(signal: AbortSignal): Promise<TenantsAnswer> {
    return askTenants((tenant) => this.#pushNothing(tenant, signal));
  }

  async #pushNothing(tenant: string | null, signal: AbortSignal): Promise<HttpAnswer> {
    const { options, authorization } = this.#store.destination;
    const headers = constantHeaders({ ...options, tenant });
    try {
      if (authorization !== null) headers['authorization'] = authorization();
    } catch (error) {
      return { kind: 'failure', reason: 'network', detail: (error as Error).message };
    }
    return this.#client.post(headers, this.#bodyOf(NO_STREAMS), signal);
  }

  #headersFor(destination: Destination): Readonly<Record<string, string>> {
    if (this.#headers?.of !== destination) {
      this.#headers = { of: destination, headers: constantHeaders({ ...destination.options, tenant: this.#tenant }) };
    }
    return this.#headers.headers;
  }

  /** In the format of the store. */
  #bodyOf(body: Buffer): Buffer {
    const { format, compression } = this.#store.destination.options;
    if (format === 'protobuf') return body;
    const json = pushJson(uncompress(body));
    return compression === 'gzip' ? gzipSync(json, { level: 1 }) : json;
  }

  select(body: Buffer, positions: readonly number[]): Buffer {
    return selectPush(uncompress(body), positions, this.#store.block);
  }

  open(body: Buffer): PlainEntry[] {
    return pushed(body).flatMap(({ labels, entries }) =>
      entries.map(({ seconds, nanos, line, metadata }) => ({ labels, timestampNs: timestampNs(seconds, nanos), line, metadata })),
    );
  }

  plain({ stream, metadata }: LokiRoute, { buffer, start, end, seconds, nanos, metadata: own }: RecordView): PlainEntry {
    const line = Buffer.from(buffer.subarray(start, end));
    return { labels: stream.name, timestampNs: timestampNs(seconds, nanos), line, metadata: [...metadata, ...(own ?? [])] };
  }

  now(): number {
    return this.#store.clock.now();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#client[Symbol.asyncDispose]();
  }
}

function destinationOf(options: LokiOutputOptions): Destination {
  return { options, authorization: authorizationOf(options) };
}

function storeOf(options: LokiOutputOptions, clock: Clock): OfStore {
  const block = options.compression === 'none' ? new LiteralEncoder() : new SnappyEncoder();
  return { destination: destinationOf(options), clock: new StoreClock(clock), block, pool: new WireBufferPool() };
}

/** The verdict with the entries or streams that the answer names. */
function named(verdict: Verdict, text: string, body: Buffer): Verdict {
  if (verdict.kind === 'refused' && verdict.reason === 'invalid') return { ...verdict, guilty: guiltyOf(text, pushed(body)) };
  if (verdict.kind === 'retry' && verdict.reason === 'rate_limited') return { ...verdict, streams: limitedStreams(text, pushed(body)) };
  return verdict;
}

function guiltyOf(text: string, streams: readonly PushedStream[]): Guilty | null {
  const entries = guiltyEntries(text, streams);
  if (entries !== null) return { entries, others: 'stored' };
  const refused = refusedEntries(text, streams);
  return refused === null ? null : { entries: refused, others: 'unknown' };
}

function pushed(body: Buffer): PushedStream[] {
  return decodePush(uncompress(body));
}

/** What the agent encoded itself, so of any size. */
function uncompress(body: Buffer): Buffer {
  return uncompressSnappy(body, Number.MAX_SAFE_INTEGER);
}

/** Loki takes an absent content type for an error, and an encoding header beside protobuf only in forms that others do not know. */
function constantHeaders({ format, compression, tenant, headers, userAgent }: LokiOutputOptions): Record<string, string> {
  return {
    ...headers,
    'user-agent': userAgent,
    'content-type': format === 'protobuf' ? 'application/x-protobuf' : 'application/json',
    ...(compression === 'gzip' ? { 'content-encoding': 'gzip' } : {}),
    ...(tenant === null ? {} : { 'x-scope-orgid': tenant }),
  };
}

function authorizationOf({ basicAuth, bearerTokenFile }: LokiOutputOptions): (() => string) | null {
  if (bearerTokenFile !== null) {
    const token = new SecretFile(bearerTokenFile);
    return () => `Bearer ${token.read()}`;
  }
  if (basicAuth === null) return null;
  const password = new SecretFile(basicAuth.passwordFile);
  return () => `Basic ${Buffer.from(`${basicAuth.username}:${password.read()}`).toString('base64')}`;
}
