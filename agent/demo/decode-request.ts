import type { IncomingHttpHeaders } from 'node:http';
import { gunzipSync, inflateRawSync } from 'node:zlib';
import { decodePush, MalformedPush, type PushedStream } from '../outputs/loki/decode-push.ts';
import { decodeJsonPush } from './decode-json-push.ts';
import { BadSnappy, uncompressSnappy } from '../outputs/loki/uncompress-snappy.ts';

/** What Loki makes of a request's headers and body before it looks at any stream. */
export type DecodedRequest =
  | { readonly kind: 'push'; readonly streams: readonly PushedStream[]; readonly decodedBytes: number }
  | { readonly kind: 'refused'; readonly status: 400 | 413; readonly message: string };

/**
 * Undoes content encoding, compression and format as Loki does (pkg/loghttp/push/push.go ParseLokiRequest): a content type is
 * mandatory; `application/json` is JSON, anything else protobuf in a snappy block; `snappy` as an encoding only marks the latter.
 */
export function decodeRequest(headers: IncomingHttpHeaders, body: Buffer, maxDecodedBytes: number): DecodedRequest {
  try {
    const isJson = mediaType(headers['content-type'] ?? '') === 'application/json';
    const plain = undoEncoding(headers['content-encoding'] ?? '', body, maxDecodedBytes);
    const message = isJson ? plain : uncompressSnappy(plain, maxDecodedBytes);
    const streams = isJson ? decodeJsonPush(message) : decodePush(message);
    return { kind: 'push', streams, decodedBytes: message.length };
  } catch (error) {
    if (error instanceof MalformedPush) return { kind: 'refused', status: 400, message: error.message };
    if (error instanceof BadSnappy) return { kind: 'refused', status: error.tooLarge ? 413 : 400, message: `snappy: ${error.message}` };
    if (error instanceof BadEncoding) return { kind: 'refused', status: error.status, message: error.message };
    throw error;
  }
}

class BadEncoding extends Error {
  readonly status: 400 | 413;

  constructor(message: string, status: 400 | 413 = 400) {
    super(message);
    this.status = status;
  }
}

/** Go's mime.ParseMediaType for what clients send: a type, and parameters that must be well formed. */
function mediaType(header: string): string {
  if (header === '') throw new BadEncoding('mime: no media type');
  const match = /^(?<type>[\w.+-]+(?:\/[\w.+-]+)?)(?:\s*;\s*[\w.+-]+=(?:[\w.+-]+|"[^"]*"))*\s*;?\s*$/.exec(header);
  if (match === null) throw new BadEncoding('mime: invalid media parameter');
  return (match.groups?.['type'] ?? '').toLowerCase();
}

function undoEncoding(encoding: string, body: Buffer, maxOutputLength: number): Buffer {
  if (encoding === '' || encoding === 'snappy') return body;
  if (encoding !== 'gzip' && encoding !== 'deflate') throw new BadEncoding(`Content-Encoding ${JSON.stringify(encoding)} not supported`);
  try {
    return encoding === 'gzip' ? gunzipSync(body, { maxOutputLength }) : inflateRawSync(body, { maxOutputLength });
  } catch (error) {
    const isTooLarge = error instanceof Error && 'code' in error && error.code === 'ERR_BUFFER_TOO_LARGE';
    throw new BadEncoding(`${encoding}: ${String(error)}`, isTooLarge ? 413 : 400);
  }
}
