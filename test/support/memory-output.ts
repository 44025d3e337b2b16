import type { BatchEncoder, Output, RefusedEntry, Route, Sealed, Stream } from '../../agent/deliver/output.ts';
import type { StreamIdentity } from '../../agent/model/labels.ts';
import { RecordView } from '../../agent/model/record.ts';
import type { Verdict } from '../../agent/model/verdict.ts';

interface MemoryStream extends Stream {
  readonly name: string;
}

export interface MemoryRoute extends Route {
  readonly stream: MemoryStream;
}

interface Entry {
  readonly stream: string;
  readonly line: string;
}

/** One push, as long as it has no verdict `under way`. */
export interface MemoryRequest {
  readonly entries: readonly Entry[];
  readonly lines: readonly string[];
  readonly signal: AbortSignal;
}

export const STORED: Verdict = { kind: 'stored' };

export function retry(afterMs: number | null = null): Verdict {
  return { kind: 'retry', reason: 'server_error', detail: 'HTTP 500: sorry', afterMs };
}

export function refused(reason: 'invalid' | 'too_large' = 'invalid'): Verdict {
  return { kind: 'refused', reason, detail: 'HTTP 400: no' };
}

/** A record view of one line. */
export function lineView(line: string): RecordView {
  const buffer = Buffer.from(line);
  return Object.assign(new RecordView(), { buffer, end: buffer.length });
}

/** A store in memory whose verdicts a test decides on. In a body an entry is its stream, a tab, its line and a line feed. */
export class MemoryOutput implements Output<MemoryRoute> {
  readonly name = 'memory';
  readonly requests: MemoryRequest[] = [];
  /** Lines in the order they were stored, by stream. */
  readonly stored: Map<string, string[]> = new Map();
  /** Streams of which two requests were under way at once: must stay empty. */
  readonly overlaps: string[] = [];
  underWay = 0;
  mostUnderWay = 0;
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
    return { stream: { busy: false, name: String(labels['name']) } };
  }

  encoder(): BatchEncoder<MemoryRoute> {
    return new MemoryEncoder();
  }

  async push(body: Buffer, signal: AbortSignal): Promise<Verdict> {
    const entries = parse(body);
    const streams = new Set(entries.map(({ stream }) => stream));
    for (const stream of streams) if (this.#busy.has(stream)) this.overlaps.push(stream);
    for (const stream of streams) this.#busy.add(stream);
    this.underWay += 1;
    this.mostUnderWay = Math.max(this.mostUnderWay, this.underWay);
    const request = { entries, lines: entries.map(({ line }) => line), signal };
    this.requests.push(request);
    const verdict = await this.#verdict(request);
    this.underWay -= 1;
    for (const stream of streams) this.#busy.delete(stream);
    if (verdict.kind === 'stored')
      for (const { stream, line } of entries) this.stored.set(stream, [...(this.stored.get(stream) ?? []), line]);
    return verdict;
  }

  split(body: Buffer): readonly [Buffer, Buffer] | null {
    const entries = parse(body);
    const half = Math.floor(entries.length / 2);
    return half === 0 ? null : [bodyOf(entries.slice(0, half)), bodyOf(entries.slice(half))];
  }

  open(body: Buffer): RefusedEntry[] {
    return parse(body).map(({ stream, line }) => ({ labels: stream, timestampNs: '0', line: Buffer.from(line), metadata: [] }));
  }
}

class MemoryEncoder implements BatchEncoder<MemoryRoute> {
  bytes = 0;
  #entries: Entry[] = [];
  #streams = new Set<MemoryStream>();

  get entries(): number {
    return this.#entries.length;
  }

  sizeBound({ stream }: MemoryRoute, entry: RecordView): number {
    return stream.name.length + 1 + (entry.end - entry.start) + 1;
  }

  append(route: MemoryRoute, entry: RecordView): number {
    const { stream } = route;
    this.#entries.push({ stream: stream.name, line: entry.buffer.toString('utf8', entry.start, entry.end) });
    this.#streams.add(stream);
    const bytes = this.sizeBound(route, entry);
    this.bytes += bytes;
    return bytes;
  }

  seal(): Sealed {
    const sealed = { body: bodyOf(this.#entries), streams: [...this.#streams], entries: this.#entries.length };
    this.#entries = [];
    this.#streams = new Set();
    this.bytes = 0;
    return sealed;
  }

  /** Whoever reads it later finds no line. */
  release(body: Buffer): void {
    body.fill(0);
  }
}

function bodyOf(entries: readonly Entry[]): Buffer {
  return Buffer.from(entries.map(({ stream, line }) => `${stream}\t${line}\n`).join(''));
}

function parse(body: Buffer): Entry[] {
  const lines = body.toString().split('\n').slice(0, -1);
  return lines.map((text) => {
    const [stream = '', line = ''] = text.split('\t');
    return { stream, line };
  });
}
