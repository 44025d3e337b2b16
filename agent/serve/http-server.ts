import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { http } from '../runtime/node-http.ts';

export interface Page {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** What is served under a path; asked anew for every request. */
export type Pages = Readonly<Record<string, () => Page | Promise<Page>>>;

/** A read-only HTTP server: GET and HEAD of a few pages. */
export class HttpServer implements AsyncDisposable {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Rejects when the address cannot be listened on. No host means every interface, port 0 a free one. */
  static async listen({ host, port }: { host: string | null; port: number }, pages: Pages): Promise<HttpServer> {
    const server = http.createServer((request, response) => void answer(pages, request, response));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(host === null ? { port } : { host, port }, () => resolve());
    });
    return new HttpServer(server);
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}

async function answer(pages: Pages, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { status, contentType, body } = await pageFor(pages, request);
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    'x-content-type-options': 'nosniff',
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

async function pageFor(pages: Pages, { method, url = '/' }: IncomingMessage): Promise<Page> {
  const path = url.split('?', 1)[0]!;
  if (!Object.hasOwn(pages, path)) return plain(404, `no such page; there are ${Object.keys(pages).join(', ')}\n`);
  if (method !== 'GET' && method !== 'HEAD') return plain(405, 'only GET and HEAD\n');
  return pages[path]!();
}

export function plain(status: number, body: string): Page {
  return { status, contentType: 'text/plain; charset=utf-8', body };
}
