import type { IncomingMessage, ServerResponse } from 'node:http';
import type { PushedEntry } from '../outputs/loki/decode-push.ts';
import type { Clock } from '../runtime/clock.ts';
import { decodeRequest } from './decode-request.ts';
import { LoopbackServer, readBody } from './loopback-server.ts';
import { NewestEntries } from './newest-entries.ts';
import { type EntryStore, type PushAnswer, PushEndpoint, type StreamId } from './push-endpoint.ts';
import { queryRange } from './query-range.ts';
import { receiverPage } from './receiver-page.ts';

/** Who keeps the books. Called for every entry that arrives; returns false for one that is stored already. */
export type Bookkeeper = (stream: StreamId, entry: PushedEntry) => boolean;

const NEWEST_ENTRIES = 5000;
const NEWEST_BYTES = 8_388_608;

/**
 * A small Loki in this process: it takes pushes by Loki's rules, gives the books to a bookkeeper and keeps only the newest entries to
 * show, at `/` and by query_range. On 127.0.0.1 alone.
 */
export class Receiver implements EntryStore, AsyncDisposable {
  readonly #bookkeeper: Bookkeeper;
  readonly #endpoint: PushEndpoint;
  readonly #newest = new NewestEntries(NEWEST_ENTRIES, NEWEST_BYTES);
  readonly #server: LoopbackServer;
  #stored = 0;

  constructor(clock: Clock, bookkeeper: Bookkeeper) {
    this.#bookkeeper = bookkeeper;
    this.#endpoint = new PushEndpoint({ store: this, clock });
    this.#server = new LoopbackServer((request, response) => this.#handle(request, response), clock);
  }

  /** `http://127.0.0.1:<port>`, the same after every `up`. */
  get url(): string {
    return this.#server.url;
  }

  /** Comes up, with all that was stored before. */
  async up(): Promise<void> {
    await this.#server.up();
  }

  /** Goes away as a store that crashes: requests under way are cut. */
  async down(): Promise<void> {
    await this.#server.down();
  }

  store(stream: StreamId, entry: PushedEntry): void {
    if (!this.#bookkeeper(stream, entry)) return;
    this.#stored++;
    this.#newest.add(stream, entry);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.down();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = URL.parse(request.url ?? '/', this.url);
    const searchParams = target?.searchParams ?? new URLSearchParams();
    switch (`${request.method} ${target?.pathname ?? ''}`) {
      case 'POST /loki/api/v1/push':
        return answer(response, await this.#push(request), 'text/plain; charset=utf-8');
      case 'GET /loki/api/v1/query_range':
        return answer(response, queryRange(this.#newest.all, searchParams), 'application/json');
      case 'GET /':
        return answer(response, { status: 200, message: receiverPage(this.#newest.all, this.#stored) }, 'text/html; charset=utf-8');
      default:
        return answer(response, { status: 404, message: '404 page not found' }, 'text/plain; charset=utf-8');
    }
  }

  async #push(request: IncomingMessage): Promise<PushAnswer> {
    const { maxBodyBytes, maxDecodedBytes } = this.#endpoint.limits;
    const body = await readBody(request, maxBodyBytes);
    if (body === null) return { status: 413, message: `request body too large, limit: ${maxBodyBytes} bytes` };
    const decoded = decodeRequest(request.headers, body, maxDecodedBytes);
    return decoded.kind === 'refused' ? decoded : this.#endpoint.push('fake', decoded.streams, decoded.decodedBytes);
  }
}

function answer(response: ServerResponse, { status, message }: PushAnswer, contentType: string): void {
  response.writeHead(status, message === '' ? {} : { 'content-type': contentType });
  response.end(message);
}
