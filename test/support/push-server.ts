import {
  createServer as createHttpServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { LOOPBACK_CERT, LOOPBACK_KEY } from './loopback-tls.ts';

export interface PushServerAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** An HTTP or HTTPS server that keeps what was sent to it and answers what it is told to: for what a client does on the wire. */
export class PushServer implements AsyncDisposable {
  readonly received: { readonly method: string; readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: Buffer }[] =
    [];
  /** Null: no answer. */
  answer: PushServerAnswer | null = { status: 204 };
  readonly #server: Server;
  readonly #scheme: string;

  private constructor(scheme: 'http' | 'https') {
    this.#scheme = scheme;
    this.#server = scheme === 'http' ? createHttpServer() : createHttpsServer({ cert: LOOPBACK_CERT, key: LOOPBACK_KEY });
    this.#server.on('request', (request, response) => void this.#handle(request, response));
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '', headers } = request;
    this.received.push({ method, path, headers, body: await buffer(request) });
    if (this.answer === null) return;
    response.writeHead(this.answer.status, this.answer.headers ?? {});
    response.end(this.answer.body ?? '');
  }

  static async start(scheme: 'http' | 'https' = 'http'): Promise<PushServer> {
    const server = new PushServer(scheme);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get url(): string {
    return `${this.#scheme}://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
