import type { Checkpoints } from './checkpoint/checkpoint-document.ts';
import { type FileId, hasSettled } from './model/position.ts';

/**
 * Whether a restart may want a file of the spool: not once it has been settled in the positions that are on disk, of every output that
 * takes audit events. Positions that are further on and not on disk do not count: after a crash the file would be missed.
 */
export function isSpoolNeeded(file: FileId, source: string, takers: readonly string[], saved: Checkpoints | null): boolean {
  return !takers.every((taker) => {
    const position = saved?.outputs[taker]?.[source];
    return position !== undefined && hasSettled(position, file);
  });
}
