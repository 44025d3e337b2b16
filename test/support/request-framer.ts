import assert from 'node:assert';
import { hash } from 'node:crypto';

/** One HTTP request as it came over a connection. */
export interface FramedRequest {
  readonly bytes: Buffer;
  readonly bodyBytes: number;
  /** The same for the same body. */
  readonly digest: string;
}

const END_OF_HEAD = '\r\n\r\n';

/** Cuts what comes over a connection into requests. Their bodies have a content-length, as an agent that sends whole batches gives them. */
export class RequestFramer {
  #held: Buffer = Buffer.alloc(0);

  /** The requests that end in `chunk`. */
  push(chunk: Buffer): FramedRequest[] {
    this.#held = Buffer.concat([this.#held, chunk]);
    const requests: FramedRequest[] = [];
    for (let next = this.#next(); next !== null; next = this.#next()) requests.push(next);
    return requests;
  }

  #next(): FramedRequest | null {
    const end = this.#held.indexOf(END_OF_HEAD);
    if (end === -1) return null;
    const body = end + END_OF_HEAD.length;
    const length = /^content-length: *(\d+)\r?$/im.exec(this.#held.toString('latin1', 0, body))?.[1];
    assert(length !== undefined, 'a request without content-length');
    const bodyBytes = Number(length);
    if (this.#held.length < body + bodyBytes) return null;
    const bytes = this.#held.subarray(0, body + bodyBytes);
    this.#held = this.#held.subarray(bytes.length);
    return { bytes, bodyBytes, digest: hash('sha256', bytes.subarray(body)) };
  }
}
