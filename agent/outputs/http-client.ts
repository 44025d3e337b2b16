import { readFileSync, statSync } from 'node:fs';
import request from 'undici/lib/api/api-request.js';
import Pool from 'undici/lib/dispatcher/pool.js';

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
  };
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
  | { readonly kind: 'failure'; readonly reason: 'network' | 'timeout'; readonly detail: string };

/** A pool of connections to one URL. TLS files are read again when one of them changes: certificates are rotated in place. */
export class HttpClient implements AsyncDisposable {
  readonly #options: HttpClientOptions;
  readonly #origin: string;
  readonly #path: string;
  #pool: { readonly pool: Pool; readonly tlsVersion: string } | null = null;

  constructor(options: HttpClientOptions) {
    this.#options = options;
    const { origin, pathname, search } = new URL(options.url);
    this.#origin = origin;
    this.#path = pathname + search;
  }

  /** Sends one POST and reads the start of its answer. Rejects over a bug only; `body` must stay as it is until the promise settles. */
  async post(headers: Record<string, string>, body: Buffer, signal: AbortSignal): Promise<HttpAnswer> {
    const inTime = AbortSignal.any([signal, AbortSignal.timeout(this.#options.timeoutMs)]);
    try {
      const answer = await request.call(this.#current(), { method: 'POST', path: this.#path, headers, body, signal: inTime });
      const text = await firstBytes(answer.body);
      const { 'retry-after': retryAfter, date } = answer.headers;
      return { kind: 'answer', status: answer.statusCode, retryAfter: single(retryAfter), date: single(date), text };
    } catch (error) {
      return failureOf(error as Error & { code?: string | number });
    }
  }

  #current(): Pool {
    const tlsVersion = this.#tlsVersion();
    if (this.#pool !== null && this.#pool.tlsVersion === tlsVersion) return this.#pool.pool;
    void this.#pool?.pool.close();
    const { timeoutMs, connections, tls } = this.#options;
    const pool = new Pool(this.#origin, {
      connections,
      // One deadline holds for the whole of a request: see post.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: {
        timeout: timeoutMs,
        rejectUnauthorized: !tls.insecureSkipVerify,
        ...fileOption('ca', tls.caFile),
        ...fileOption('cert', tls.certFile),
        ...fileOption('key', tls.keyFile),
      },
    });
    this.#pool = { pool, tlsVersion };
    return pool;
  }

  #tlsVersion(): string {
    const { caFile, certFile, keyFile } = this.#options.tls;
    return [caFile, certFile, keyFile].map((file) => (file === null ? '' : String(statSync(file).mtimeMs))).join();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool?.pool.destroy();
  }
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
function failureOf(error: Error & { code?: string | number }): HttpAnswer {
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
