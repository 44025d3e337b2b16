import assert from 'node:assert';
import { once } from 'node:events';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, httpDate, systemClock } from '../runtime/clock.ts';
import { http } from '../runtime/node-http.ts';

export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** An HTTP server on 127.0.0.1, its dates those of `clock`, that can go away and come back on its port, as a store does when it is restarted. */
export class LoopbackServer implements AsyncDisposable {
  readonly #handler: Handler;
  readonly #clock: Clock;
  readonly #create: (listener: RequestListener) => Server;
  #server: Server | null = null;
  #port = 0;

  /** `create` makes a server of another kind, as one with TLS. */
  constructor(handler: Handler, clock: Clock = systemClock, create: (listener: RequestListener) => Server = http.createServer) {
    this.#handler = handler;
    this.#clock = clock;
    this.#create = create;
  }

  /** Known after the first `up`, and the same ever after. */
  get port(): number {
    assert(this.#port !== 0, 'never been up');
    return this.#port;
  }

  /** `http://127.0.0.1:<port>`, known when the port is. */
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Listens, the first time on a port that is free. */
  async up(): Promise<void> {
    assert(this.#server === null, 'already up');
    const server = this.#create((request, response) => {
      response.setHeader('date', httpDate(this.#clock.now()));
      this.#handler(request, response).catch((error: unknown) => {
        // That the client went away while it was sending is no failure of ours; anything else is a bug and may end the process.
        if (!isReset(error)) throw error;
      });
    });
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
  }

  /** Refuses connections from now on and cuts those there are, requests under way included. Nothing happens when it is down. */
  async down(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    this.#server = null;
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    await closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.down();
  }
}

/** The whole body, or null as soon as it is longer than `maxBytes`. Rejects when the client goes away. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function isReset(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ECONNRESET';
}
