import type { StreamIdentity } from '../model/labels.ts';
import type { RecordView } from '../model/record.ts';
import type { Verdict } from '../model/verdict.ts';
import type { LineMemory } from '../runtime/line-memory.ts';
import type { LineTable } from '../runtime/line-table.ts';
import type { Unsendable } from './entry-check.ts';
import type { Stream } from './stream.ts';

/** Where the entries of one source and channel go: their stream, and what is encoded once for all of them. */
export interface Route {
  readonly stream: Stream;
  /** Names and values of the metadata that every entry carries. */
  readonly metadataBytes: number;
  /** Why a store would refuse every entry that goes here; null as a rule. */
  readonly refusal: Unsendable | null;
}

/** Encodes the entries of the open batch; one encoder serves a lane for its whole life. */
export interface BatchEncoder<R extends Route> {
  /** Bytes of the open batch as the store will count them, before compression. */
  readonly bytes: number;
  /** No fewer bytes than an entry would add. */
  sizeBound(route: R, entry: RecordView): number;
  /** Adds an entry, which is copied; returns by how much `bytes` grew. */
  append(route: R, entry: RecordView): number;
  /** Bytes that an entry of a table adds beside its text at most; null while entries of the route can only be added one by one. */
  lineOverhead(route: R): number | null;
  /** Adds the lines of a table, those of each channel by its route; returns by how much `bytes` grew. */
  appendLines(routes: readonly R[], table: LineTable): number;
  /** Takes the entries of these streams, each of which has some, out of the open batch: a body with them in this order. */
  seal(streams: readonly R['stream'][]): Buffer;
  /** Takes back a body that nobody reads any more: its memory serves again. */
  release(body: Buffer): void;
}

/** An entry in the form in which people read it. */
export interface PlainEntry {
  readonly labels: string;
  readonly timestampNs: string;
  readonly line: Buffer;
  readonly metadata: readonly (readonly [name: string, value: string])[];
}

/** A destination. `deliver/` owns batching, order, retry and acks; an output knows one store's bytes and answers. */
export interface Output<R extends Route> {
  readonly name: string;
  /** Called once for each source and channel, and again when its labels change. */
  route(identity: StreamIdentity): R;
  /** `lines`: where tables of lines will stand; absent: there will be none. */
  encoder(lines?: LineMemory): BatchEncoder<R>;
  /** Sends a body once. Rejects never: whatever happens on the way is a verdict. After `signal` aborts its answer is not used. */
  push(body: Buffer, signal: AbortSignal): Promise<Verdict>;
  /** A body with some of the entries of `body`: those at `positions`, which ascend and are not empty. */
  select(body: Buffer, positions: readonly number[]): Buffer;
  /** The entries of a body, decoded, in its order. */
  open(body: Buffer): PlainEntry[];
  /** A copy of an entry that was not encoded. */
  plain(route: R, entry: RecordView): PlainEntry;
  /** The store's time, ms since 1970, as well as it is known. */
  now(): number;
}
