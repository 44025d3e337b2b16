import { Batch } from './batch.ts';
import type { Output, Route } from './output.ts';
import type { Share } from './share.ts';
import { countEntries, type Slice } from './slice.ts';

/** Some entries of a batch, by their positions in its body, as a batch of their own. */
export function pieceOf(
  output: Output<Route>,
  batch: Batch,
  positions: readonly number[],
  inherited: Partial<Pick<Batch, 'suspicion' | 'mayGuess'>> = {},
): Batch {
  return new Batch(output.select(batch.body, positions), batch.pick(positions), { family: batch.family, ...inherited });
}

/**
 * `half`: two pieces of about the same size. `probe`: the store may be ill, and shows by one piece that it is not; of a single stream that
 * is its first entry alone, since those behind it have to wait for it, and after that nothing is divided on suspicion.
 */
export type Cut = 'half' | 'probe';

/** A batch of several entries in two pieces, which have no stream in common if that is possible: then neither waits for the other. */
export function divide(output: Output<Route>, batch: Batch, cut: Cut): Batch[] {
  const positions = batch.positions();
  const boundary = boundaryOf(batch.slices, positions.length / 2);
  const at = boundary ?? (cut === 'probe' ? 1 : Math.floor(positions.length / 2));
  const mayGuess = cut === 'half' || boundary !== null;
  return [positions.slice(0, at), positions.slice(at)].map((part) =>
    pieceOf(output, batch, part, { suspicion: batch.suspicion.ofPiece(), mayGuess }),
  );
}

/** The position between two streams that is nearest to `middle`; null for a single stream. */
function boundaryOf(slices: readonly Slice[], middle: number): number | null {
  let nearest: number | null = null;
  let position = 0;
  let previous: Share | null = null;
  for (const slice of slices) {
    const isBoundary = previous !== null && slice.share !== previous;
    if (isBoundary && (nearest === null || Math.abs(position - middle) < Math.abs(nearest - middle))) nearest = position;
    previous = slice.share;
    position += countEntries([slice]);
  }
  return nearest;
}
