import { closeSync, openSync, readSync } from 'node:fs';
import type { Checkpoints } from '../checkpoint/checkpoint-document.ts';
import { type FileId, hasSettled, type Position } from '../model/position.ts';
import { fingerprintOf } from '../tail/log-file.ts';

/**
 * Whether a restart may want a file of the spool: not once it has been settled in the positions that are on disk, of every output that
 * takes audit events. Positions that are further on and not on disk do not count: after a crash the file would be missed. Throws what the
 * file system says when the file cannot be read.
 */
export function isSpoolNeeded(file: FileId, path: string, source: string, saved: readonly Checkpoints['outputs'][string][]): boolean {
  return !saved.every((positions) => {
    const position = positions[source];
    return position !== undefined && hasSettled(position, file) && isKnown(position, file, path);
  });
}

/** Not one that has got the inode of a file that was removed since the position was saved. */
function isKnown({ files }: Position, { dev, ino }: FileId, path: string): boolean {
  const { fingerprint } = files.findLast(({ file }) => file.ino === ino && file.dev === dev)!;
  if (fingerprint.bytes === 0) return false;
  return fingerprintOf(headOf(path, fingerprint.bytes), [0, 0]).hash === fingerprint.hash;
}

function headOf(path: string, bytes: number): Buffer {
  const fd = openSync(path, 'r');
  try {
    const head = Buffer.alloc(bytes);
    return head.subarray(0, readSync(fd, head, 0, bytes, 0));
  } finally {
    closeSync(fd);
  }
}
