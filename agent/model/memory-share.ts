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

/** No audit event leaves as more than this: Loki's default max_line_size. */
export const MOST_AUDIT_LINE_BYTES = 262_144;

/** Least memory with which every output can hold one full batch of audit events and still take one. */
export function leastAuditMemory(outputs: readonly { readonly batchBytes: number }[]): number {
  const shares = outputs.map(({ batchBytes }) => batchBytes + laneHeadroom(batchBytes, MOST_AUDIT_LINE_BYTES));
  return Math.max(0, ...shares) * outputs.length;
}

/** This part of an output's memory for batches belongs to its tenants one by one, the rest to whoever needs it. */
export const RESERVED_PART: number = 1 / 2;

/** No batch is made smaller than this. */
const LEAST_BATCH_BYTES = 65_536;

/** Least memory with which every tenant of every output can hold a small batch and still take an entry, whatever the others do. */
export function leastTenantMemory(outputs: readonly { readonly batchBytes: number }[], maxLineBytes: number, tenants: number): number {
  const reserved = ((maxLineBytes + LEAST_BATCH_BYTES) * tenants) / RESERVED_PART;
  const batchBytes = Math.max(0, ...outputs.map((output) => output.batchBytes));
  return Math.ceil(((batchBytes + reserved) * outputs.length * 4) / 3) + outputs.length * 4;
}

/** Least memory with which every output can hold one full batch and still take an entry. */
export function leastMemory(outputs: readonly { readonly batchBytes: number }[], maxLineBytes: number): number {
  const shares = outputs.map(({ batchBytes }) => batchBytes + laneHeadroom(batchBytes, maxLineBytes));
  return Math.ceil((Math.max(0, ...shares) * outputs.length * 4) / 3) + outputs.length * 4;
}
