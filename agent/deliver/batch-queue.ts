import type { Batch } from './batch.ts';

/** Who goes next, if anyone may; else from when on someone may who has only time to wait for. */
export interface Outlook {
  readonly next: Batch | null;
  readonly dueMs: number;
}

/**
 * Sealed batches in the order in which they were sealed, those in a request included. That order is the order of each stream: a batch
 * waits for all before it with which it has a stream in common, whatever they wait for, and for no others.
 */
export class BatchQueue {
  readonly #batches: Batch[] = [];
  #turns = 0;
  #looks = 0;
  #underWay = 0;

  get underWay(): number {
    return this.#underWay;
  }

  get waiting(): number {
    return this.#batches.length - this.#underWay;
  }

  add(batch: Batch): void {
    this.#batches.push(batch);
    this.#wait(batch);
  }

  /** Pieces take the place of a batch that is in a request, none if all of it is settled. */
  replace(batch: Batch, pieces: readonly Batch[]): void {
    this.#leaveRequest(batch);
    this.#batches.splice(this.#batches.indexOf(batch), 1, ...pieces);
    for (const piece of pieces) this.#wait(piece);
  }

  /** The batch goes into a request. */
  send(batch: Batch): void {
    batch.state = 'under_way';
    this.#underWay += 1;
    for (const { stream } of batch.loads) {
      stream.waitingBatches -= 1;
      stream.busy = true;
    }
  }

  /** Its request has failed: it keeps its place, and is the last to have its turn. */
  putBack(batch: Batch): void {
    this.#leaveRequest(batch);
    batch.state = 'waiting';
    this.#wait(batch);
  }

  #wait(batch: Batch): void {
    this.#turns += 1;
    batch.turn = this.#turns;
    for (const { stream } of batch.loads) stream.waitingBatches += 1;
  }

  #leaveRequest(batch: Batch): void {
    this.#underWay -= 1;
    for (const { stream } of batch.loads) stream.busy = false;
  }

  /** Marks the streams of a batch as met at this look; returns whether none was met before. This is done so often that a set of them costs. */
  #mark({ loads }: Batch): boolean {
    let isFirst = true;
    for (let i = 0; i < loads.length; i += 1) {
      const { stream } = loads[i]!;
      if (stream.look === this.#looks) isFirst = false;
      stream.look = this.#looks;
    }
    return isFirst;
  }

  /** Of those that may go at `nowMs` the one whose turn is the oldest. `readyMs`: from when on a batch may go as far as it alone matters. */
  look(nowMs: number, readyMs: (batch: Batch) => number): Outlook {
    let next: Batch | null = null;
    let dueMs = Number.POSITIVE_INFINITY;
    this.#looks += 1;
    for (const batch of this.#batches) {
      const isFirst = this.#mark(batch);
      if (!isFirst || batch.state !== 'waiting') continue;
      const ready = readyMs(batch);
      if (ready > nowMs) dueMs = Math.min(dueMs, ready);
      else if (next === null || batch.turn < next.turn) next = batch;
    }
    return { next, dueMs };
  }
}
