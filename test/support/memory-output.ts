import type { Unsendable } from '../../agent/deliver/entry-check.ts';
import type { BatchEncoder, Output, PlainEntry, Route } from '../../agent/deliver/output.ts';
import { Stream } from '../../agent/deliver/stream.ts';
import type { StreamIdentity } from '../../agent/model/labels.ts';
import { RecordView } from '../../agent/model/record.ts';
import type { DropReason, Guilty, Verdict } from '../../agent/model/verdict.ts';

class MemoryStream extends Stream {
  readonly name: string;
  entries: Entry[] = [];

  constructor(name: string) {
    super();
    this.name = name;
  }
}

export interface MemoryRoute extends Route {
  readonly stream: MemoryStream;
  refusal: Unsendable | null;
}

interface Entry {
  readonly stream: string;
  readonly seconds: number;
  readonly line: string;
}

/** One push, as long as it has no verdict `under way`. */
export interface MemoryRequest {
  readonly entries: readonly Entry[];
  readonly lines: readonly string[];
  /** In the order of the body. */
  readonly streams: readonly string[];
  readonly signal: AbortSignal;
}

export const STORED: Verdict = { kind: 'stored' };

export function retry(afterMs: number | null = null, detail = 'HTTP 503: sorry'): Verdict {
  return { kind: 'retry', reason: 'unavailable', detail, afterMs, streams: null };
}

/** A 500: the store failed over the request. */
export function failed(detail = 'HTTP 500: sorry'): Verdict {
  return { kind: 'retry', reason: 'server_error', detail, afterMs: null, streams: null };
}

/** A 429 for some streams of a request, or for all of it. */
export function limited(streams: readonly number[] | null = null, afterMs: number | null = null): Verdict {
  return { kind: 'retry', reason: 'rate_limited', detail: 'HTTP 429: slow down', afterMs, streams };
}

export function refused(reason: DropReason = 'invalid', guilty: Guilty | null = null): Verdict {
  return { kind: 'refused', reason, detail: 'HTTP 400: no', guilty };
}

/** A record view of one line. */
export function lineView(line: string, seconds = 0): RecordView {
  const buffer = Buffer.from(line);
  return Object.assign(new RecordView(), { buffer, end: buffer.length, seconds });
}

/** A store in memory whose verdicts a test decides on. In a body an entry is stream, seconds and line, with tabs between, and a line feed. */
export class MemoryOutput implements Output<MemoryRoute> {
  readonly name = 'memory';
  readonly requests: MemoryRequest[] = [];
  /** Lines in the order they were stored, by stream; one that was sent again is known. */
  readonly stored: Map<string, string[]> = new Map();
  /** Streams of which two requests were under way at once: must stay empty. */
  readonly overlaps: string[] = [];
  underWay = 0;
  mostUnderWay = 0;
  nowMs: () => number = () => 0;
  readonly #verdict: (request: MemoryRequest) => Verdict | Promise<Verdict>;
  readonly #busy = new Set<string>();

  constructor(verdict: (request: MemoryRequest) => Verdict | Promise<Verdict> = () => STORED) {
    this.#verdict = verdict;
  }

  /** All lines that were stored, whatever their stream. */
  get lines(): string[] {
    return [...this.stored.values()].flat();
  }

  route({ labels }: StreamIdentity): MemoryRoute {
    return { stream: new MemoryStream(String(labels['name'])), metadataBytes: 0, refusal: null };
  }

  encoder(): BatchEncoder<MemoryRoute> {
    return new MemoryEncoder();
  }

  async push(body: Buffer, signal: AbortSignal): Promise<Verdict> {
    const entries = parse(body);
    const streams = [...new Set(entries.map(({ stream }) => stream))];
    for (const stream of streams) if (this.#busy.has(stream)) this.overlaps.push(stream);
    for (const stream of streams) this.#busy.add(stream);
    this.underWay += 1;
    this.mostUnderWay = Math.max(this.mostUnderWay, this.underWay);
    const request = { entries, lines: entries.map(({ line }) => line), streams, signal };
    this.requests.push(request);
    const verdict = await this.#verdict(request);
    this.underWay -= 1;
    for (const stream of streams) this.#busy.delete(stream);
    for (const entry of storedOf(entries, streams, verdict)) this.#store(entry);
    return verdict;
  }

  #store({ stream, line }: Entry): void {
    const lines = this.stored.get(stream) ?? [];
    this.stored.set(stream, lines);
    if (!lines.includes(line)) lines.push(line);
  }

  select(body: Buffer, positions: readonly number[]): Buffer {
    const entries = parse(body);
    return bodyOf(positions.map((position) => entries[position]!));
  }

  open(body: Buffer): PlainEntry[] {
    return parse(body).map(plainOf);
  }

  plain({ stream }: MemoryRoute, view: RecordView): PlainEntry {
    return plainOf(entryOf(stream.name, view));
  }

  now(): number {
    return this.nowMs();
  }
}

/** What a store keeps of a request, as its verdict says. */
function storedOf(entries: readonly Entry[], streams: readonly string[], verdict: Verdict): Entry[] {
  if (verdict.kind === 'stored') return [...entries];
  if (verdict.kind === 'refused' && verdict.guilty !== null) {
    const guilty = new Set(verdict.guilty.entries.map(({ index }) => index));
    return verdict.guilty.others === 'unknown' ? [] : entries.filter((_, index) => !guilty.has(index));
  }
  if (verdict.kind !== 'retry' || verdict.streams === null) return [];
  const limited = new Set(verdict.streams.map((index) => streams[index]!));
  return entries.filter(({ stream }) => !limited.has(stream));
}

class MemoryEncoder implements BatchEncoder<MemoryRoute> {
  bytes = 0;

  lineOverhead(): null {
    return null;
  }

  appendLines(): number {
    throw new Error('there is no table');
  }

  sizeBound({ stream }: MemoryRoute, view: RecordView): number {
    return textOf(entryOf(stream.name, view)).length;
  }

  append(route: MemoryRoute, view: RecordView): number {
    route.stream.entries.push(entryOf(route.stream.name, view));
    const bytes = this.sizeBound(route, view);
    this.bytes += bytes;
    return bytes;
  }

  seal(streams: readonly MemoryStream[]): Buffer {
    const body = bodyOf(streams.flatMap(({ entries }) => entries));
    for (const stream of streams) stream.entries = [];
    this.bytes -= body.length;
    return body;
  }

  /** Whoever reads it later finds no line. */
  release(body: Buffer): void {
    body.fill(0);
  }
}

function entryOf(stream: string, { buffer, start, end, seconds }: RecordView): Entry {
  return { stream, seconds, line: buffer.toString('utf8', start, end) };
}

function plainOf({ stream, seconds, line }: Entry): PlainEntry {
  return { labels: stream, timestampNs: `${seconds}000000000`, line: Buffer.from(line), metadata: [] };
}

function textOf({ stream, seconds, line }: Entry): string {
  return `${stream}\t${seconds === 0 ? '' : seconds}\t${line}\n`;
}

function bodyOf(entries: readonly Entry[]): Buffer {
  return Buffer.from(entries.map(textOf).join(''));
}

function parse(body: Buffer): Entry[] {
  const lines = body.toString().split('\n').slice(0, -1);
  return lines.map((text) => {
    const [stream = '', seconds = '', line = ''] = text.split('\t');
    return { stream, seconds: Number(seconds), line };
  });
}
