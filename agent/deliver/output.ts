import type { StreamIdentity } from '../model/labels.ts';
import type { RecordView } from '../model/record.ts';
import type { Verdict } from '../model/verdict.ts';

/** A label set as an output keeps it. A lane never has two requests under way that hold entries of one stream. */
export interface Stream {
  busy: boolean;
}

/** Where the entries of one source and channel go: their stream, and what is encoded once for all of them. */
export interface Route {
  readonly stream: Stream;
}

/** A request body and what is in it. */
export interface Sealed {
  readonly body: Buffer;
  readonly streams: readonly Stream[];
  readonly entries: number;
}

/** Encodes the entries of one open batch; one encoder serves a lane for its whole life. */
export interface BatchEncoder<R extends Route> {
  /** Bytes of the open batch as the store will count them, before compression. */
  readonly bytes: number;
  readonly entries: number;
  /** No fewer bytes than an entry would add. */
  sizeBound(route: R, entry: RecordView): number;
  /** Adds an entry, which is copied; returns by how much `bytes` grew. */
  append(route: R, entry: RecordView): number;
  /** Ends the batch, which must not be empty, and starts an empty one. */
  seal(): Sealed;
  /** Takes back the body of a sealed batch, which nobody reads any more: its memory serves again. */
  release(body: Buffer): void;
}

/** One entry that a store refused, for the dead-letter file. */
export interface RefusedEntry {
  readonly labels: string;
  readonly timestampNs: string;
  readonly line: Buffer;
  readonly metadata: readonly (readonly [string, string])[];
}

/** A destination. `deliver/` owns batching, order, retry and acks; an output knows one store's bytes and answers. */
export interface Output<R extends Route> {
  readonly name: string;
  /** Called once for each source and channel, and again when its labels change. */
  route(identity: StreamIdentity): R;
  encoder(): BatchEncoder<R>;
  /** Sends a body once. Rejects never: whatever happens on the way is a verdict. After `signal` aborts its answer is not used. */
  push(body: Buffer, signal: AbortSignal): Promise<Verdict>;
  /** Two bodies with half the entries each, in order; null for a body with one entry. */
  split(body: Buffer): readonly [Buffer, Buffer] | null;
  /** The entries of a body, decoded. */
  open(body: Buffer): RefusedEntry[];
}
