import type { Share } from './share.ts';

/** Some entries of a share that follow each other: numbers `from` up to `to`. A request body is made of slices, in its order. */
export interface Slice {
  readonly share: Share;
  readonly from: number;
  readonly to: number;
}

export function wholeShare(share: Share): Slice {
  return { share, from: 0, to: share.entries };
}

export function countEntries(slices: readonly Slice[]): number {
  return slices.reduce((sum, { from, to }) => sum + to - from, 0);
}

/** The slices of the entries at `positions`, which ascend, of the body that `slices` make up. */
export function pickSlices(slices: readonly Slice[], positions: readonly number[]): Slice[] {
  const picked: { readonly share: Share; readonly from: number; to: number }[] = [];
  let index = 0;
  let before = 0;
  for (const position of positions) {
    for (; position - before >= slices[index]!.to - slices[index]!.from; index += 1) before += slices[index]!.to - slices[index]!.from;
    const { share, from } = slices[index]!;
    const entry = from + position - before;
    const last = picked.at(-1);
    if (last?.share === share && last.to === entry) last.to = entry + 1;
    else picked.push({ share, from: entry, to: entry + 1 });
  }
  return picked;
}
