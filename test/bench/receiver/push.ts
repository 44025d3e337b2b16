import type { IncomingHttpHeaders } from 'node:http';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { uncompressSync } from 'snappy';
import { countNestedFields } from './nested-fields.ts';

/** What a healthy store answers. */
interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** A body that some agent sends: what is in it, and what its store answers. */
export interface PushFormat {
  readonly name: 'Loki protobuf' | 'Loki JSON' | 'OTLP protobuf' | 'Elasticsearch bulk' | 'lines';
  /** Entries in a body that `decodedBody` has returned. @throws for one that is not of this format */
  count(body: Buffer): number;
  readonly answer: Answer;
}

const NO_CONTENT: Answer = { status: 204, type: 'text/plain', body: '' };
const LF = 10;

const LOKI_PROTOBUF: PushFormat = {
  name: 'Loki protobuf',
  // pkg/push/push.proto: PushRequest.streams = 1, StreamAdapter.entries = 2.
  count: (body) => countNestedFields(body, [1, 2]),
  answer: NO_CONTENT,
};
const LOKI_JSON: PushFormat = { name: 'Loki JSON', count: countJsonPush, answer: NO_CONTENT };
const OTLP: PushFormat = {
  name: 'OTLP protobuf',
  // opentelemetry/proto/logs/v1: ResourceLogs = 1 of the request, ScopeLogs = 2, LogRecord = 2.
  count: (body) => countNestedFields(body, [1, 2, 2]),
  answer: { status: 200, type: 'application/x-protobuf', body: '' },
};
const BULK: PushFormat = {
  name: 'Elasticsearch bulk',
  count: countBulk,
  answer: { status: 200, type: 'application/json', body: '{"took":1,"errors":false,"items":[]}' },
};
const LINES: PushFormat = { name: 'lines', count: countLines, answer: NO_CONTENT };

/** The format of a request, or null for one that no agent should send. */
export function formatOf(path: string, headers: IncomingHttpHeaders): PushFormat | null {
  const isJson = (headers['content-type'] ?? '').startsWith('application/json');
  if (path === '/loki/api/v1/push') return isJson ? LOKI_JSON : LOKI_PROTOBUF;
  if (path === '/otlp/v1/logs') return OTLP;
  if (path.endsWith('/_bulk')) return BULK;
  return path === '/lines' ? LINES : null;
}

/** A body without its compression: what `Content-Encoding` names; Loki's protobuf is in a snappy block whatever it names. */
export function decodedBody(format: PushFormat, encoding: string | undefined, body: Buffer): Buffer {
  if (format === LOKI_PROTOBUF) return uncompressed(body);
  if (encoding === undefined || encoding === 'identity') return body;
  if (encoding === 'gzip') return gunzipSync(body);
  if (encoding === 'zstd') return zstdDecompressSync(body);
  if (encoding === 'snappy') return uncompressed(body);
  throw new Error(`Content-Encoding ${encoding}`);
}

export function countLfs(text: Buffer): number {
  let lfs = 0;
  for (let at = text.indexOf(LF); at !== -1; at = text.indexOf(LF, at + 1)) lfs += 1;
  return lfs;
}

/** Lines of a text whose last one may lack its LF. */
function countLines(text: Buffer): number {
  return countLfs(text) + (text.length > 0 && text.at(-1) !== LF ? 1 : 0);
}

/** An action and a document in turns; rsyslog has an empty line behind each document, which Elasticsearch skips. */
function countBulk(body: Buffer): number {
  let [lines, from] = [0, 0];
  for (let at = body.indexOf(LF); at !== -1; at = body.indexOf(LF, from)) {
    if (at > from) lines += 1;
    from = at + 1;
  }
  if (from !== body.length || lines % 2 !== 0) throw new Error(`${lines} lines of actions and documents, and ${body.length - from} bytes`);
  return lines / 2;
}

function countJsonPush(body: Buffer): number {
  const { streams } = JSON.parse(body.toString()) as { streams: { values: unknown[] }[] };
  return streams.reduce((sum, { values }) => sum + values.length, 0);
}

function uncompressed(block: Buffer): Buffer {
  return uncompressSync(block, { asBuffer: true }) as Buffer;
}
