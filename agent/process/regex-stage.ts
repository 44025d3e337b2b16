import { textOf } from '../patterns/byte-text.ts';
import type { Pattern } from '../patterns/pattern.ts';
import type { Entry } from './entry.ts';
import { sourceByteText } from './source-byte-text.ts';
import type { Stage } from './stage.ts';

/** Where the text of a named group goes to. */
export interface GroupTarget {
  /** Number of the group. */
  readonly group: number;
  /** Slot of the extracted value. */
  readonly value: number;
  /** Slot of the label; null: it becomes none. */
  readonly label: number | null;
}

export interface RegexStageOptions {
  readonly pattern: Pattern;
  readonly targets: readonly GroupTarget[];
  /** Slot of the value that is looked into; null: the line. */
  readonly source: number | null;
}

/** Takes values out of what a pattern matches, as Promtail does (clients/pkg/logentry/stages/regex.go): a group that took no part is empty. */
export class RegexStage implements Stage {
  readonly #options: RegexStageOptions;

  constructor(options: RegexStageOptions) {
    this.#options = options;
  }

  apply(entry: Entry): true {
    const { pattern, targets, source } = this.#options;
    const text = sourceByteText(entry, source);
    const match = text === null ? null : pattern.exec(text);
    if (match === null) return true;
    for (const { group, value, label } of targets) {
      const found = textOf(match[group] ?? '');
      entry.extracted[value] = found;
      if (label !== null) entry.labels[label] = found === '' ? null : found;
    }
    return true;
  }
}
