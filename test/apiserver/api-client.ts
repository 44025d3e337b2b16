import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import { text } from 'node:stream/consumers';
import { LOOPBACK_CERT } from '../support/loopback-tls.ts';
import type { Identity } from './identities.ts';

export interface ApiCall {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ApiAnswer {
  readonly status: number;
  readonly body: string;
}

/** Speaks to an API server, whose answers are read to their end. */
export class ApiClient implements Disposable {
  readonly #agent = new Agent({ keepAlive: true, ca: LOOPBACK_CERT });
  readonly #port: number;

  constructor(port: number) {
    this.#port = port;
  }

  async send({ token }: Identity, { method, path, body, headers = {} }: ApiCall): Promise<ApiAnswer> {
    const credentials = token === null ? {} : { authorization: `Bearer ${token}` };
    const content = body === undefined ? {} : { 'content-type': 'application/json' };
    const outgoing = request({
      host: '127.0.0.1',
      port: this.#port,
      agent: this.#agent,
      method,
      path,
      headers: { ...credentials, ...content, ...headers },
    });
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
    return { status: incoming.statusCode ?? 0, body: await text(incoming) };
  }

  close(): void {
    this.#agent.destroy();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
