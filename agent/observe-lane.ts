import type { DeadLetter, DeadLetters } from './deliver/dead-letters.ts';
import type { LaneObserver } from './deliver/lane-observer.ts';
import type { Counters } from './model/counters.ts';
import type { ThrottledLogger } from './runtime/logger.ts';
import type { Wakeup } from './runtime/wakeup.ts';

export interface ObserverParts {
  /** Name of the output. */
  readonly output: string;
  readonly counters: Counters;
  readonly deadLetters: DeadLetters;
  readonly log: ThrottledLogger;
  /** Rings when positions have moved. */
  readonly progress: Wakeup;
}

/** Counts what becomes of entries, keeps those that are refused, and says what an operator should know. */
export function observeLane({ output, counters, deadLetters, log, progress }: ObserverParts): LaneObserver {
  return {
    stored(entries, bytes) {
      counters.storedEntries += entries;
      counters.sentBytes += bytes;
    },
    settled: () => progress.ring(),
    retrying(reason, detail, delayMs) {
      counters.retries += 1;
      const fields = { output, reason, detail, delayMs: Math.round(delayMs) };
      log.warn(output, fields, 'a push failed and will be repeated; nothing is lost while the files last');
    },
    misconfigured(reason, detail) {
      counters.retries += 1;
      const fields = { output, reason, detail };
      log.warn(output, fields, 'the store refuses this agent; check url, tenant and credentials of the output; data is held');
    },
    refused: (letters) => keep(letters),
  };

  async function keep(letters: readonly DeadLetter[]): Promise<void> {
    const [{ reason, detail, source }] = letters as readonly [DeadLetter];
    const kept = await deadLetters.add(letters).catch((error: Error) => error.message);
    const fields = { output, reason, detail, source, entries: letters.length, kept, file: deadLetters.path };
    log.warn(
      `${output} ${reason}`,
      fields,
      'entries are refused; they are in the dead-letter file if kept is true; see logferry dead-letters',
    );
  }
}
