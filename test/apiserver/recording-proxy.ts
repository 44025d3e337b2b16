import { once } from 'node:events';
import { createServer, type IncomingMessage, request as send, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { eventually } from '../support/eventually.ts';
import { uncompressSnappy } from '../../agent/outputs/loki/uncompress-snappy.ts';

const MOST_BYTES = 64 * 1024 * 1024;

interface SentRequest {
  readonly head: string;
  readonly isPush: boolean;
  readonly chunks: Buffer[];
  isWhole: boolean;
}

/** Passes requests on to a store and keeps every byte of them, also of those that their sender did not finish. */
export class RecordingProxy implements AsyncDisposable {
  readonly #requests: SentRequest[] = [];
  readonly #server: Server;

  private constructor(target: string) {
    this.#server = createServer((incoming, outgoing) => void this.#pass(incoming, outgoing, target));
  }

  static async start(target: string): Promise<RecordingProxy> {
    const proxy = new RecordingProxy(target);
    proxy.#server.listen(0, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Pushes that came in whole. */
  get pushes(): number {
    return this.#requests.filter(({ isPush, isWhole }) => isPush && isWhole).length;
  }

  /** Resolves once so many more are in. */
  async more(count: number): Promise<void> {
    const wanted = this.pushes + count;
    await eventually(() => {
      if (this.pushes < wanted) throw new Error(`${this.pushes} pushes, not ${wanted}`);
    });
  }

  /** What was sent, request by request. */
  get sent(): Buffer[] {
    return this.#requests.map(({ head, chunks }) => Buffer.concat([Buffer.from(head), ...chunks]));
  }

  /** The same pushes as they are unpacked. */
  get unpacked(): Buffer[] {
    const whole = this.#requests.filter(({ isPush, isWhole }) => isPush && isWhole);
    return whole.map(({ chunks }) => uncompressSnappy(Buffer.concat(chunks), MOST_BYTES));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #pass(incoming: IncomingMessage, outgoing: ServerResponse, target: string): Promise<void> {
    const { method = '', url = '', headers, rawHeaders } = incoming;
    const sent: SentRequest = { head: [method, url, ...rawHeaders].join('\n'), isPush: url.endsWith('/push'), chunks: [], isWhole: false };
    this.#requests.push(sent);
    try {
      for await (const chunk of incoming) sent.chunks.push(chunk as Buffer);
    } catch {
      // The sender was killed.
      return;
    }
    sent.isWhole = true;
    const passed = send(`${target}${url}`, { method, headers });
    passed.end(Buffer.concat(sent.chunks));
    const [answer] = (await once(passed, 'response')) as [IncomingMessage];
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
    outgoing.end(await buffer(answer));
  }
}
