import { type Loss, LOSS_REASONS, type LossReason } from '../model/gap.ts';
import { DROP_REASONS, type DropReason } from '../model/verdict.ts';

/** What became of the bytes of all sources on the way to one output since the start. */
export class LedgerTotals {
  seenBytes = 0;
  ackedBytes = 0;
  filteredBytes = 0;
  inFlightBytes = 0;
  readonly droppedBytes: Record<DropReason | LossReason, number> = zeros([...DROP_REASONS, ...LOSS_REASONS]);
  readonly droppedEntries: Record<DropReason, number> = zeros(DROP_REASONS);
  /** How often bytes were lost before they were read. */
  readonly losses: Record<LossReason, number> = zeros(LOSS_REASONS);

  lost({ reason, bytes }: Loss): void {
    this.losses[reason] += 1;
    this.droppedBytes[reason] += bytes;
  }
}

/** A counter that exists before the first drop can be alerted on. */
function zeros<Name extends string>(names: readonly Name[]): Record<Name, number> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
}
