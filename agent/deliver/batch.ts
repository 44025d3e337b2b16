import type { Share } from './share.ts';
import { countEntries, pickSlices, type Slice } from './slice.ts';
import type { Stream } from './stream.ts';
import { Suspicion } from './suspicion.ts';
import type { Span } from './origin.ts';

/** What the pieces of one batch have in common. */
interface Family {
  readonly entries: number;
  splits: number;
}

/** What a batch holds of one stream, in the bytes that its rate counts. */
export interface Load {
  readonly stream: Stream;
  readonly bytes: number;
}

/**
 * A request body on its way to the store: the entries in it, and what came of it so far. Where the store makes a difference between
 * them, pieces with bodies of their own take its place.
 */
export class Batch {
  readonly body: Buffer;
  readonly slices: readonly Slice[];
  readonly entries: number;
  /** In the order of the body. */
  readonly loads: readonly Load[];
  /** Lines and metadata, before compression. */
  readonly bytes: number;
  readonly family: Family;
  state: 'waiting' | 'under_way' = 'waiting';
  /** Not before this time of the monotonic clock, and behind whoever has a lower turn. */
  dueMs = 0;
  turn = 0;
  /** Attempts that failed. */
  failures = 0;
  readonly suspicion: Suspicion;
  /** It may be divided although nothing shows that the store is well. */
  readonly mayGuess: boolean;

  constructor(body: Buffer, slices: readonly Slice[], inherited: Partial<Pick<Batch, 'family' | 'suspicion' | 'mayGuess'>> = {}) {
    this.body = body;
    this.slices = slices;
    this.entries = countEntries(slices);
    this.loads = loadsOf(slices);
    this.bytes = this.loads.reduce((sum, { bytes }) => sum + bytes, 0);
    this.family = inherited.family ?? { entries: this.entries, splits: 0 };
    this.suspicion = inherited.suspicion ?? new Suspicion();
    this.mayGuess = inherited.mayGuess ?? true;
  }

  positions(): number[] {
    return Array.from({ length: this.entries }, (_, position) => position);
  }

  /** The slices of the entries at these positions of the body, which ascend. */
  pick(positions: readonly number[]): Slice[] {
    return pickSlices(this.slices, positions);
  }

  /** How many entries of each share are in none of these pieces of it. */
  without(pieces: readonly Batch[]): { readonly share: Share; readonly entries: number }[] {
    const left = new Map<Share, number>();
    const count = (slices: readonly Slice[], sign: number): void => {
      for (const { share, from, to } of slices) left.set(share, (left.get(share) ?? 0) + sign * (to - from));
    };
    count(this.slices, 1);
    for (const { slices } of pieces) count(slices, -1);
    return [...left].map(([share, entries]) => ({ share, entries }));
  }

  /** Where its entries came from, in the order of the body. */
  spans(): Span[] {
    const ofShare = new Map<Share, Span[]>();
    return this.slices.flatMap(({ share, from, to }) => {
      const spans = ofShare.get(share) ?? share.spans();
      ofShare.set(share, spans);
      return spans.slice(from, to);
    });
  }

  /** The positions in the body of the entries of these streams, as counted in the body, and of all others. */
  partition(streams: ReadonlySet<number>): { readonly inside: number[]; readonly outside: number[] } {
    const chosen = new Set(this.loads.filter((_, index) => streams.has(index)).map(({ stream }) => stream));
    const inside: number[] = [];
    const outside: number[] = [];
    let position = 0;
    for (const { share, from, to } of this.slices) {
      const side = chosen.has(share.stream) ? inside : outside;
      for (const end = position + to - from; position < end; position += 1) side.push(position);
    }
    return { inside, outside };
  }
}

function loadsOf(slices: readonly Slice[]): Load[] {
  const bytes = new Map<Stream, number>();
  for (const { share, from, to } of slices) {
    const fraction = (to - from) / share.entries;
    bytes.set(share.stream, (bytes.get(share.stream) ?? 0) + share.countedBytes * fraction);
  }
  return [...bytes].map(([stream, bytes]) => ({ stream, bytes }));
}
