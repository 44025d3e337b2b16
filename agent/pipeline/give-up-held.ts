import type { Route } from '../deliver/output.ts';
import type { LogSource } from '../model/source.ts';
import type { ThrottledLogger } from '../runtime/logger.ts';
import type { Tailing } from './tailing.ts';

interface HeldLimits<T> {
  /** Unread bytes of deleted files that are kept by holding these open. */
  readonly mostBytes: number;
  /** Nothing is done to it meanwhile. */
  readonly turning: T | null;
  readonly log: ThrottledLogger;
}

/** Beyond the budget for deleted files, those go first that have been held longest. */
export function giveUpHeld<R extends Route, S extends LogSource>(
  open: Iterable<Tailing<R, S>>,
  { mostBytes, turning, log }: HeldLimits<Tailing<R, S>>,
): void {
  const all = [...open];
  let heldBytes = all.reduce((sum, { tailed }) => sum + tailed.heldBytes, 0);
  while (heldBytes > mostBytes) {
    const oldest = longestHeld(all, turning);
    if (oldest === null) return;
    const before = oldest.tailed.heldBytes;
    oldest.tailed.letGo();
    heldBytes -= before - oldest.tailed.heldBytes;
    const { id } = oldest.tailed.source;
    log.warn(
      '',
      { source: id, heldBytes },
      'a deleted log file is given up unread: the store is behind and limits.deleted_bytes is used up',
    );
  }
}

function longestHeld<R extends Route, S extends LogSource>(
  all: readonly Tailing<R, S>[],
  turning: Tailing<R, S> | null,
): Tailing<R, S> | null {
  let oldest: Tailing<R, S> | null = null;
  let sinceMs = Number.POSITIVE_INFINITY;
  for (const tailing of all) {
    const { heldSinceMs } = tailing.tailed;
    if (heldSinceMs === null || heldSinceMs >= sinceMs || tailing === turning) continue;
    oldest = tailing;
    sinceMs = heldSinceMs;
  }
  return oldest;
}
