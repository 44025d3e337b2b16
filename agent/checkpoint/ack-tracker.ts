import type { ResumePoint } from '../model/position.ts';

interface OpenTicket {
  readonly resume: ResumePoint;
  settled: boolean;
}

/**
 * Turns acks that come in any order into the place up to which everything of one source is settled. A ticket is taken when the
 * first entry of the source goes into a batch, and settled when all of the batch is; the oldest open ticket holds the place back.
 */
export class AckTracker {
  /** In the order they were taken, which is the order of the file; the first one is never settled. */
  readonly #tickets: OpenTicket[] = [];

  get pending(): number {
    return this.#tickets.length;
  }

  /** `resume`: from where the entries under this ticket would be read again. Returns what to call when they are settled. */
  take(resume: ResumePoint): () => void {
    const ticket: OpenTicket = { resume, settled: false };
    this.#tickets.push(ticket);
    return () => {
      ticket.settled = true;
      while (this.#tickets[0]?.settled === true) this.#tickets.shift();
    };
  }

  /** `current`: where the source would resume if nothing were open. */
  committable(current: () => ResumePoint): ResumePoint {
    return this.#tickets[0]?.resume ?? current();
  }
}
