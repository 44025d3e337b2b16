import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { readEventList } from '../audit/event-list.ts';
import { ByteBudget } from '../runtime/byte-budget.ts';
import type { ThrottledLogger } from '../runtime/logger.ts';
import { Wakeup } from '../runtime/wakeup.ts';
import type { Stored } from './audit-spool.ts';
import { ClientCheck, type ClientRules } from './client-check.ts';
import { type BodyFault, readBody } from './read-body.ts';
import { type Refusal, ReceiverCounters } from './receiver-counters.ts';
import { TlsFiles, type TlsPaths } from './tls-files.ts';

export interface ReceiverOptions {
  /** No host means every interface, port 0 a free one. */
  readonly address: { readonly host: string | null; readonly port: number };
  readonly tls: TlsPaths;
  readonly clients: Omit<ClientRules, 'needsCertificate'>;
  /** Of one body, unpacked. */
  readonly maxBodyBytes: number;
  /** Of all bodies that are held at once. */
  readonly heldBytes: number;
  readonly maxConnections: number;
  /** For a handshake, and for a whole request. */
  readonly requestMs: number;
}

/** Takes over events, one line each with its LF: they are on disk when it resolves, or it says why not. */
export interface EventSink {
  append(lines: Buffer): Promise<Stored>;
}

/** What of an event, a line without its LF, may rest on this node's disk; null: nothing of it. */
export type Prune = (event: Buffer) => Buffer | null;

interface Answer {
  readonly status: number;
  readonly text: string;
  /** Null: all is well. */
  readonly refusal: Refusal | null;
}

const OK: Answer = { status: 200, text: '', refusal: null };
const FAULTS: Readonly<Record<BodyFault, Answer>> = {
  'too large': { status: 413, text: 'the body is larger than audit.webhook.max_body_bytes', refusal: 'too_large' },
  busy: { status: 503, text: 'too many bodies at once: audit.webhook.held_bytes', refusal: 'busy' },
  encoding: { status: 415, text: 'only gzip is taken as Content-Encoding', refusal: 'malformed' },
  damaged: { status: 400, text: 'the body is not the gzip that Content-Encoding says', refusal: 'malformed' },
  aborted: { status: 408, text: 'the request broke off, or took longer than audit.webhook.request_seconds', refusal: 'timeout' },
};
const LF = Buffer.from('\n');

/**
 * The other end of the audit webhook backend of API servers (apiserver: plugin/pkg/audit/webhook): takes EventLists by HTTPS and answers 200
 * once their events are with the sink. To an API server every other answer is the same: it sends the batch again, five times in all within
 * 80 s by default (pkg/util/webhook, v1.37), and gives it up then. So only what is really wrong is refused, and items that are
 * no events keep none of their neighbours away.
 */
export class AuditReceiver implements AsyncDisposable {
  readonly counters: ReceiverCounters = new ReceiverCounters();
  readonly #options: ReceiverOptions;
  readonly #server: Server;
  readonly #clients: ClientCheck;
  readonly #budget: ByteBudget;
  readonly #sink: EventSink;
  readonly #prune: Prune;
  readonly #log: ThrottledLogger;
  readonly #open = new Set<Promise<void>>();

  private constructor(options: ReceiverOptions, { sink, prune, log }: ReceiverParts) {
    this.#options = options;
    this.#sink = sink;
    this.#prune = prune;
    this.#log = log;
    this.#budget = new ByteBudget(options.heldBytes, new Wakeup());
    const needsCertificate = options.tls.clientCaFile !== null;
    this.#clients = new ClientCheck({ ...options.clients, needsCertificate });
    const files = new TlsFiles(options.tls, log);
    this.#server = createServer({ ...files.read(), ...timesOf(options), requestCert: needsCertificate, rejectUnauthorized: false });
    this.#server.maxConnections = options.maxConnections;
    this.#server.on('request', (request, response) => this.#begin(request, response));
    this.#server.prependListener('connection', () => {
      const changed = files.readChanged();
      if (changed !== null) this.#server.setSecureContext(changed);
    });
  }

  /** Rejects when the address cannot be listened on, or a file cannot be read. */
  static async listen(options: ReceiverOptions, parts: ReceiverParts): Promise<AuditReceiver> {
    const receiver = new AuditReceiver(options, parts);
    const { host, port } = options.address;
    await new Promise<void>((resolve, reject) => {
      receiver.#server.once('error', reject);
      receiver.#server.listen(host === null ? { port } : { host, port }, () => resolve());
    });
    return receiver;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  #begin(request: IncomingMessage, response: ServerResponse): void {
    const answered = this.#answer(request, response).finally(() => this.#open.delete(answered));
    this.#open.add(answered);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { status, text, refusal } = await this.#take(request);
    if (refusal !== null) this.#count(refusal, text);
    // What is left of a body that was refused is not read.
    const rest = request.complete ? {} : { connection: 'close' };
    const again = status === 503 ? { 'retry-after': '1' } : {};
    const body = text === '' ? '' : `${text}\n`;
    response.writeHead(status, {
      'content-type': 'text/plain; charset=utf-8',
      'content-length': Buffer.byteLength(body),
      ...rest,
      ...again,
    });
    response.end(body);
  }

  #count(refusal: Refusal, detail: string): void {
    this.counters.refused[refusal] += 1;
    this.#log.warn(refusal, { reason: refusal, detail }, 'a batch of audit events was refused');
  }

  async #take(request: IncomingMessage): Promise<Answer> {
    const path = request.url?.split('?', 1)[0];
    const fault = this.#clients.faultOf(request);
    if (fault !== null) return { status: 401, text: fault, refusal: 'unauthorized' };
    if (path !== '/') return { status: 404, text: 'audit events are taken at /', refusal: 'not_found' };
    if (request.method !== 'POST') return { status: 405, text: 'only POST', refusal: 'malformed' };
    using body = await readBody(request, this.#options.maxBodyBytes, this.#budget);
    if (!Buffer.isBuffer(body.content)) return FAULTS[body.content];
    const list = readEventList(body.content);
    if (!list.ok) return { status: 400, text: list.fault, refusal: 'malformed' };
    // The body holds its share of the budget until its events are on disk.
    const answer = await this.#store(list.events, list.malformed);
    return answer;
  }

  async #store(events: readonly Buffer[], malformed: number): Promise<Answer> {
    const kept = events.map((event) => this.#prune(event)).filter((event) => event !== null);
    const stored = await this.#sink.append(Buffer.concat(kept.flatMap((event) => [event, LF])));
    if (stored.kind === 'full') return { status: 503, text: 'the spool is full: audit.webhook.spool_bytes', refusal: 'spool_full' };
    if (stored.kind === 'trouble') return { status: 503, text: `the spool cannot be written: ${stored.why}`, refusal: 'disk' };
    this.counters.batches += 1;
    this.counters.events += kept.length;
    this.counters.filteredEvents += events.length - kept.length;
    this.#countMalformed(malformed);
    return OK;
  }

  #countMalformed(count: number): void {
    this.counters.malformedEvents += count;
    if (count > 0) this.#log.warn('', { count }, 'items that are no audit events were left out of a batch');
  }

  /** What was taken is stored and answered first; nothing new is taken. */
  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    await Promise.all(this.#open);
    this.#server.closeAllConnections();
    await closed;
  }
}

export interface ReceiverParts {
  readonly sink: EventSink;
  readonly prune: Prune;
  readonly log: ThrottledLogger;
}

/** A handshake or a request that takes longer ends with its connection; Node looks for them that often. */
function timesOf({ requestMs }: ReceiverOptions): object {
  const checkMs = Math.min(1000, requestMs);
  return { handshakeTimeout: requestMs, headersTimeout: requestMs, requestTimeout: requestMs, connectionsCheckingInterval: checkMs };
}
