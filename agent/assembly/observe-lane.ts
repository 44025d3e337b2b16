import type { DeadLetter, DeadLetters } from '../deliver/dead-letters.ts';
import type { LaneObserver } from '../deliver/lane-observer.ts';
import type { Counters } from '../model/counters.ts';
import type { TenantCounts } from '../model/tenant-counts.ts';
import type { ThrottledLogger } from '../runtime/logger.ts';
import type { Wakeup } from '../runtime/wakeup.ts';

export interface ObserverParts {
  /** Name of the output. */
  readonly output: string;
  /** Null: it has none. */
  readonly tenant: string | null;
  /** Whether that is the tenant of the output: of letters of others it is said whose they are. */
  readonly isOwn: boolean;
  readonly counters: Counters;
  readonly counts: TenantCounts;
  readonly deadLetters: DeadLetters;
  readonly log: ThrottledLogger;
  /** Rings when positions have moved. */
  readonly progress: Wakeup;
}

/** Counts what becomes of entries, keeps those that are refused, and says what an operator should know. */
export function observeLane({ output, tenant, isOwn, counters, counts, deadLetters, log, progress }: ObserverParts): LaneObserver {
  const key = tenant === null ? output : `${output} ${tenant}`;
  return {
    stored(entries, bytes) {
      counters.storedEntries += entries;
      counters.sentBytes += bytes;
      counts.storedEntries += entries;
      counts.sentBytes += bytes;
    },
    settled: () => progress.ring(),
    retrying(reason, detail, delayMs) {
      counters.retries += 1;
      counts.retries += 1;
      const fields = { output, tenant, reason, detail, delayMs: Math.round(delayMs) };
      log.warn(key, fields, 'a push failed and will be repeated; nothing is lost while the files last');
    },
    misconfigured(reason, detail) {
      counters.retries += 1;
      counts.retries += 1;
      const fields = { output, tenant, reason, detail };
      log.warn(key, fields, 'the store refuses this agent; check url, tenant and credentials of the output; data is held');
    },
    refused: (letters) => keep(letters),
  };

  async function keep(letters: readonly DeadLetter[]): Promise<void> {
    const [{ reason, detail, source }] = letters as readonly [DeadLetter];
    const addressed = isOwn || tenant === null ? letters : letters.map((letter) => ({ ...letter, tenant }));
    const kept = await deadLetters.add(addressed).catch((error: Error) => error.message);
    const fields = { output, tenant, reason, detail, source, entries: letters.length, kept, file: deadLetters.path };
    log.warn(
      `${key} ${reason}`,
      fields,
      'entries are refused; they are in the dead-letter file if kept is true; see logferry dead-letters',
    );
  }
}
