import { crc32 } from 'node:zlib';
import type { LineValues } from '../model/attribution.ts';
import type { Source } from '../model/source.ts';
import { isLabelValue } from './is-label-value.ts';
import type { LabelBudget } from './label-budget.ts';

/**
 * Which values that stages take from the lines of one source are labels: those that were before, also before a restart, and as many more
 * as the budget lets in. What is no label goes along as metadata.
 */
export class LineLabels {
  readonly #source: Pick<Source, 'id' | 'namespace'>;
  /** Absent: any number of values. */
  readonly #budget: LabelBudget | undefined;
  readonly #admitted = new Map<string, Set<number>>();

  constructor(source: Pick<Source, 'id' | 'namespace'>, budget: LabelBudget | undefined, begun: LineValues = {}) {
    this.#source = source;
    this.#budget = budget;
    for (const [name, hashes] of Object.entries(begun)) this.#admitted.set(name, new Set(hashes));
  }

  /** Asked for when an entry has a value that the one before did not have. */
  admits(name: string, value: string): boolean {
    if (!isLabelValue(value)) return false;
    if (this.#budget === undefined) return true;
    const admitted = this.#admitted.getOrInsertComputed(name, () => new Set());
    const hash = crc32(value);
    if (admitted.has(hash)) {
      this.#budget.adopt(this.#source, [[name, value]]);
      return true;
    }
    if (this.#budget.admit(this.#source, [[name, value]]).length > 0) return false;
    admitted.add(hash);
    return true;
  }

  /** For the next run. */
  get values(): LineValues {
    return Object.fromEntries([...this.#admitted].map(([name, hashes]) => [name, [...hashes]]));
  }
}
