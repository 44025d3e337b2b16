import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { ByteBudget } from '../runtime/byte-budget.ts';

/** `aborted`: the client went away, or was too slow, and nobody reads an answer. `busy`: other bodies use up the budget. */
export type BodyFault = 'too large' | 'busy' | 'encoding' | 'damaged' | 'aborted';

/** A body and the share of the budget that it holds, until it is disposed of. */
export interface HeldBody extends Disposable {
  readonly content: Buffer | BodyFault;
}

/** Reads the body of a request, unpacked, and no more than `maxBytes` of that. */
export async function readBody(request: IncomingMessage, maxBytes: number, budget: ByteBudget): Promise<HeldBody> {
  let held = 0;
  const chunks: Buffer[] = [];
  const end = (content: Buffer | BodyFault): HeldBody => ({ content, [Symbol.dispose]: () => budget.give(held) });
  const source = unpacked(request);
  if (source === null) return end('encoding');
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return end('too large');
  try {
    // The answer goes out by the socket of the request: that must not end with the loop.
    for await (const chunk of source.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      if (held + chunk.length > maxBytes) return end('too large');
      if (chunk.length > budget.availableBytes) return end('busy');
      budget.take(chunk.length);
      held += chunk.length;
      chunks.push(chunk);
    }
  } catch (error) {
    return end(String((error as NodeJS.ErrnoException).code).startsWith('Z_') ? 'damaged' : 'aborted');
  }
  return end(Buffer.concat(chunks));
}

/** Client-go sends bodies as they are; a proxy before us may pack them. */
function unpacked(request: IncomingMessage): Readable | null {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding === 'identity') return request;
  if (encoding !== 'gzip') return null;
  const gunzip = createGunzip();
  request.once('error', (error) => gunzip.destroy(error));
  request.once('aborted', () => gunzip.destroy(new Error('aborted')));
  return request.pipe(gunzip);
}
