import { needleSearch } from '../logql/needle-search.ts';
import { byteTextOf } from '../patterns/byte-text.ts';
import type { Pattern } from '../patterns/pattern.ts';
import type { Entry } from './entry.ts';
import type { Stage } from './stage.ts';

export interface DropStageOptions {
  /** Slots of the values that are looked at; empty: the line is. */
  readonly sources: readonly number[];
  /** Between the values, where there are several. */
  readonly separator: string;
  readonly pattern: Pattern | null;
  /** What the values must be. */
  readonly value: string | null;
  readonly olderThanSeconds: number | null;
  readonly longerThanBytes: number | null;
  readonly nowSeconds: () => number;
  readonly countFiltered: () => void;
}

interface Condition {
  (entry: Entry): boolean;
  /** Every entry that it holds for has it in its line; absent: there is nothing like that. */
  readonly needle?: Buffer;
}

/** Leaves out the entries that all of its conditions hold for, as Promtail does (clients/pkg/logentry/stages/drop.go). */
export class DropStage implements Stage {
  readonly needles?: readonly Buffer[];
  readonly #conditions: readonly Condition[];
  readonly #countFiltered: DropStageOptions['countFiltered'];

  constructor(options: DropStageOptions) {
    this.#conditions = conditionsOf(options);
    const needle = this.#conditions.find((condition) => condition.needle !== undefined)?.needle;
    if (needle !== undefined) this.needles = [needle];
    this.#countFiltered = options.countFiltered;
  }

  apply(entry: Entry): boolean {
    for (const holds of this.#conditions) if (!holds(entry)) return true;
    this.#countFiltered();
    return false;
  }
}

/** What costs least comes first. */
function conditionsOf(options: DropStageOptions): Condition[] {
  const { sources, longerThanBytes, olderThanSeconds, nowSeconds } = options;
  const conditions: Condition[] = [];
  if (longerThanBytes !== null) conditions.push(({ view }) => view.end - view.start > longerThanBytes);
  if (olderThanSeconds !== null) conditions.push(({ view }) => view.seconds + view.nanos / 1e9 < nowSeconds() - olderThanSeconds);
  if (sources.length > 0) conditions.push(valuesCondition(options));
  else if (options.pattern !== null) conditions.push(lineCondition(options.pattern));
  return conditions;
}

/** A plain text is searched for, which costs a part of what matching does. */
function lineCondition(pattern: Pattern): Condition {
  return pattern.literal === null ? (entry) => pattern.test(entry.byteText) : needleSearch(pattern.literal);
}

function valuesCondition({ sources, separator, pattern, value }: DropStageOptions): Condition {
  if (pattern !== null) {
    return ({ extracted }) => pattern.test(byteTextOf(sources.flatMap((slot) => extracted[slot] ?? []).join(separator)));
  }
  return ({ extracted }) => {
    if (sources.some((slot) => extracted[slot] === null)) return false;
    return value === null || sources.map((slot) => extracted[slot]!).join(separator) === value;
  };
}
