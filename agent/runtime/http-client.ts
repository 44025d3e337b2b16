import { readFileSync, statSync } from 'node:fs';
import connectThrough from 'undici/lib/api/api-connect.js';
import request from 'undici/lib/api/api-request.js';
import Pool from 'undici/lib/dispatcher/pool.js';
import ProxyAgent from 'undici/lib/dispatcher/proxy-agent.js';
import { AnswerTaker, type TakenAnswer } from './answer-taker.ts';
import { type Clock, systemClock } from './clock.ts';
import { Deadline } from './deadline.ts';

/** Longest part of an answer's body that is looked at. */
const ANSWER_BYTES = 64 * 1024;

export interface HttpClientOptions {
  readonly url: string;
  readonly timeoutMs: number;
  readonly connections: number;
  readonly tls: {
    readonly caFile: string | null;
    readonly certFile: string | null;
    readonly keyFile: string | null;
    readonly insecureSkipVerify: boolean;
    /** In place of files, PEM. */
    readonly texts?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
    /** The name that the server's certificate has to have; absent: the one in the URL. */
    readonly serverName?: string;
  };
  /** What a connection takes in while it is paused, before the kernel has to hold what comes, which wakes nobody; absent: 64 KiB. */
  readonly pausedBytes?: number;
  /** The HTTP proxy that connections go through; null or absent: none. */
  readonly proxy?: URL | null;
}

export type HttpAnswer =
  /** `retryAfter` and `date` are headers as they came. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly retryAfter: string | null;
      readonly date: string | null;
      readonly text: string;
    }
  | HttpFailure;

interface HttpFailure {
  readonly kind: 'failure';
  readonly reason: 'network' | 'timeout';
  readonly detail: string;
}

/** What is asked for; `pauseMs`: see `get`. */
interface HttpGet {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly pauseMs?: number;
}

/** How an answer that was taken as it came has ended. */
export type HttpEnd = ({ readonly kind: 'end' } & TakenAnswer) | HttpFailure;

/** A pool of connections to one URL. TLS files are read again when one of them changes: certificates are rotated in place. */
export class HttpClient implements AsyncDisposable {
  #options: HttpClientOptions;
  readonly #clock: Clock;
  #origin = '';
  #path = '';
  #pool: { readonly pool: Pool | ProxyAgent; readonly tlsVersion: string } | null = null;

  constructor(options: HttpClientOptions, clock: Clock = systemClock) {
    this.#options = options;
    this.#clock = clock;
    this.redirect(options);
  }

  /** Requests that begin from now on go where these options say; those under way end as they began. */
  redirect(options: HttpClientOptions): void {
    const { origin, pathname, search } = new URL(options.url);
    this.#options = options;
    this.#origin = origin;
    this.#path = pathname + search;
    void this.#pool?.pool.close();
    this.#pool = null;
  }

  /** Sends one POST and reads the start of its answer. Rejects over a bug only; `body` must stay as it is until the promise settles. */
  async post(headers: Record<string, string>, body: Buffer, signal: AbortSignal): Promise<HttpAnswer> {
    using deadline = new Deadline(this.#options.timeoutMs, signal, this.#clock);
    try {
      const answer = await request.call(this.#current(), {
        origin: this.#origin,
        method: 'POST',
        path: this.#path,
        headers,
        body,
        signal: deadline.signal,
      });
      const text = await firstBytes(answer.body);
      const { 'retry-after': retryAfter, date } = answer.headers;
      return { kind: 'answer', status: answer.statusCode, retryAfter: single(retryAfter), date: single(date), text };
    } catch (error) {
      return failureOf(error as Error & { code?: string | number });
    }
  }

  /**
   * Sends one GET to a path of the same server; `take` gets the body chunk by chunk, with the status, and ends the exchange by
   * returning false; one that comes in small pieces it gets every `pauseMs`, if that is given. There is no deadline but `signal`. Rejects over a bug only.
   */
  async get({ path, headers, pauseMs }: HttpGet, take: (chunk: Buffer, status: number) => boolean, signal: AbortSignal): Promise<HttpEnd> {
    try {
      const pool = this.#current();
      const taker = new AnswerTaker(take, signal, pauseMs === undefined ? null : { pauseMs, clock: this.#clock });
      pool.dispatch({ origin: this.#origin, method: 'GET', path, headers }, taker);
      return { kind: 'end', ...(await taker.answer) };
    } catch (error) {
      return failureOf(error as Error & { code?: string | number });
    }
  }

  #current(): Pool | ProxyAgent {
    const tlsVersion = this.#tlsVersion();
    if (this.#pool !== null && this.#pool.tlsVersion === tlsVersion) return this.#pool.pool;
    void this.#pool?.pool.close();
    const pool = this.#connect();
    this.#pool = { pool, tlsVersion };
    return pool;
  }

  #connect(): Pool | ProxyAgent {
    const { timeoutMs, connections, tls, pausedBytes, proxy = null } = this.#options;
    const connect = {
      timeout: timeoutMs,
      ...(pausedBytes === undefined ? {} : { highWaterMark: pausedBytes }),
      rejectUnauthorized: !tls.insecureSkipVerify,
      ...tls.texts,
      ...(tls.serverName === undefined ? {} : { servername: tls.serverName }),
      ...fileOption('ca', tls.caFile),
      ...fileOption('cert', tls.certFile),
      ...fileOption('key', tls.keyFile),
    };
    // One deadline holds for the whole of a request: see post. Servers written in Go take HTTP/2 wherever it is offered.
    const options = { connections, headersTimeout: 0, bodyTimeout: 0, allowH2: false };
    if (proxy === null) return new Pool(this.#origin, { ...options, connect });
    return new ProxyAgent({ ...options, uri: proxy.href, requestTls: connect, clientFactory: proxyPool });
  }

  #tlsVersion(): string {
    const { caFile, certFile, keyFile } = this.#options.tls;
    return [caFile, certFile, keyFile].map((file) => (file === null ? '' : String(statSync(file).mtimeMs))).join();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool?.pool.destroy();
  }
}

/** Connections to a proxy, with the method that the proxy agent asks for a tunnel. */
function proxyPool(origin: URL, options: object): Pool {
  return Object.assign(new Pool(origin, options), { connect: connectThrough });
}

/** A header that came once; one that came twice says nothing. */
function single(header: string | string[] | undefined): string | null {
  return typeof header === 'string' ? header : null;
}

function fileOption(name: 'ca' | 'cert' | 'key', file: string | null): Record<string, Buffer> {
  return file === null ? {} : { [name]: readFileSync(file) };
}

/**
 * What the network, TLS or the file system has to say comes with a code, a time-out of ours and bytes that are no HTTP with a name
 * (undici lib/core/errors.js, HTTPParserError); anything else is a bug.
 */
function failureOf(error: Error & { code?: string | number }): HttpFailure {
  const { code, message, name } = error;
  if (code === undefined && name !== 'HTTPParserError') throw error;
  const timeout = name === 'TimeoutError' || String(code).includes('TIMEOUT');
  return { kind: 'failure', reason: timeout ? 'timeout' : 'network', detail: message === '' ? String(code) : message };
}

/** Of an answer that goes on beyond ANSWER_BYTES the rest is not waited for, which costs the connection. */
async function firstBytes(body: AsyncIterable<Buffer>): Promise<string> {
  const kept: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    kept.push(chunk);
    bytes += chunk.length;
    if (bytes >= ANSWER_BYTES) break;
  }
  return Buffer.concat(kept).toString('utf8', 0, ANSWER_BYTES);
}
