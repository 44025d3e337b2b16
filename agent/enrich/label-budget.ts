import { crc32 } from 'node:zlib';
import type { Clock } from '../runtime/clock.ts';
import type { ThrottledLogger } from '../runtime/logger.ts';

/** Values count for so long: Loki keeps an index a day. */
const WINDOW_MS = 24 * 3_600_000;

/** What a label has come to, within the window and since the start. */
export interface LabelUse {
  readonly values: number;
  readonly demotions: number;
}

/**
 * How many values each label may take on this node within a day. A value more, and new logs carry the label as metadata, so that somebody
 * who puts an id into a label costs the store no stream each; logs that have the label keep it. Shared by all outputs, and asked when a log
 * is begun. Of a value four bytes are kept: two that are alike in these count as one.
 */
export class LabelBudget {
  readonly #maxValues: number;
  readonly #clock: Clock;
  readonly #log: ThrottledLogger;
  #values = new Map<string, Set<number>>();
  readonly #demotions = new Map<string, number>();
  #sinceMs: number;

  /** `maxValues`: 0 is no limit. */
  constructor(maxValues: number, clock: Clock, log: ThrottledLogger) {
    this.#maxValues = maxValues;
    this.#clock = clock;
    this.#log = log;
    this.#sinceMs = clock.monotonic();
  }

  /** Which of the labels of a new log have to be metadata. */
  admit(sourceId: string, labels: Iterable<readonly [name: string, value: string]>): string[] {
    if (this.#maxValues === 0) return [];
    const demoted: string[] = [];
    for (const [name, value] of labels) if (!this.#takes(name, crc32(value))) demoted.push(name);
    for (const label of demoted) this.#demote(label, sourceId);
    return demoted;
  }

  /** Labels of a log that has them already, whatever else there is. */
  adopt(labels: Iterable<readonly [name: string, value: string]>): void {
    if (this.#maxValues === 0) return;
    for (const [name, value] of labels) {
      const values = this.#valuesOf(name);
      if (values.size < this.#maxValues) values.add(crc32(value));
    }
  }

  #takes(name: string, hash: number): boolean {
    const values = this.#valuesOf(name);
    if (values.size >= this.#maxValues) return values.has(hash);
    values.add(hash);
    return true;
  }

  #valuesOf(name: string): Set<number> {
    const nowMs = this.#clock.monotonic();
    if (nowMs - this.#sinceMs >= WINDOW_MS) {
      this.#values = new Map();
      this.#sinceMs = nowMs;
    }
    return this.#values.getOrInsertComputed(name, () => new Set());
  }

  #demote(label: string, source: string): void {
    this.#demotions.set(label, (this.#demotions.get(label) ?? 0) + 1);
    const fields = { label, source, maxValues: this.#maxValues };
    this.#log.warn(label, fields, 'a label has more values than labels.max_values today: new logs carry it as structured metadata');
  }

  /** By label. */
  get use(): Map<string, LabelUse> {
    const names = new Set([...this.#values.keys(), ...this.#demotions.keys()]);
    const useOf = (name: string): LabelUse => ({ values: this.#values.get(name)?.size ?? 0, demotions: this.#demotions.get(name) ?? 0 });
    return new Map([...names].map((name) => [name, useOf(name)]));
  }
}
