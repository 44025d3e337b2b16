/** How `limits.memory_bytes` is divided: every output has the same share, a quarter of it for the parts of unfinished lines. */
export interface MemoryShare {
  readonly batchBytes: number;
  readonly partBytes: number;
}

export function shareMemory(memoryBytes: number, outputs: number): MemoryShare {
  const share = Math.floor(memoryBytes / outputs);
  const partBytes = Math.floor(share / 4);
  return { batchBytes: share - partBytes, partBytes };
}

/** Room that must be left before a lane takes one more entry, whatever its size: the entry, and the compressed form of the batch it closes. */
export function laneHeadroom(batchBytes: number, maxLineBytes: number): number {
  return batchBytes + maxLineBytes;
}

/** Least memory with which every output can hold one full batch and still take an entry. */
export function leastMemory(outputs: readonly { readonly batchBytes: number }[], maxLineBytes: number): number {
  const shares = outputs.map(({ batchBytes }) => batchBytes + laneHeadroom(batchBytes, maxLineBytes));
  return Math.ceil((Math.max(...shares) * outputs.length * 4) / 3) + outputs.length * 4;
}
