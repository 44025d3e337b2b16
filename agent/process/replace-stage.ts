import { byteTextOf, textOf } from '../patterns/byte-text.ts';
import type { PlacedPattern, Span } from '../patterns/placed-pattern.ts';
import { SearchBudget } from '../patterns/search-budget.ts';
import type { Template } from '../templates/compile-template.ts';
import type { Entry } from './entry.ts';
import type { Scratch } from './scratch.ts';
import { sourceByteText } from './source-byte-text.ts';
import type { Stage } from './stage.ts';

export interface ReplaceStageOptions {
  readonly pattern: PlacedPattern;
  readonly template: Template;
  /** Slot of the extracted value that a field of the template stands for, by its name. */
  readonly slotOf: (name: string) => number;
  /** Groups with a name, and the slots that what they were replaced with goes to. */
  readonly named: readonly { readonly group: number; readonly slot: number }[];
  /** Slot of the value that is rewritten; null: the line. */
  readonly source: number | null;
  readonly scratch: Scratch;
  readonly maxBytes: number;
}

/** Stands for the text of the group in place of a slot. */
const VALUE = -1;

/**
 * Puts something else in place of the groups of every match, as Promtail does (clients/pkg/logentry/stages/replace.go). A long text that is
 * nothing but matches is rewritten up to where the search would take too long.
 */
export class ReplaceStage implements Stage {
  readonly #options: ReplaceStageOptions;
  /** By the fields of the template. */
  readonly #slots: readonly number[];
  readonly #budget = new SearchBudget();

  constructor(options: ReplaceStageOptions) {
    this.#options = options;
    this.#slots = options.template.fields.map((name) => (name === 'Value' ? VALUE : options.slotOf(name)));
  }

  apply(entry: Entry): true {
    const { source, named } = this.#options;
    const text = sourceByteText(entry, source);
    const first = text === null ? null : this.#find(text, 0);
    if (text === null || first === null) return true;
    const replaced = this.#replaced(entry, text, first);
    const values = named.map(({ group }) => (first[group] === undefined ? null : textOf(this.#render(entry, text, first[group]))));
    this.#put(entry, replaced);
    for (const [index, { slot }] of named.entries()) entry.extracted[slot] = values[index] ?? entry.extracted[slot]!;
    return true;
  }

  #find(text: string, from: number): readonly (Span | undefined)[] | null {
    if (from === 0) this.#budget.begin();
    return this.#budget.takes(text.length - from) ? this.#options.pattern.spans(text, from) : null;
  }

  #replaced(entry: Entry, text: string, first: readonly (Span | undefined)[]): string {
    let made = '';
    let copied = 0;
    for (let match: readonly (Span | undefined)[] | null = first; match !== null; match = this.#find(text, match[0]!.end)) {
      for (const span of match.slice(1)) {
        // A group in another one goes with that.
        if (span === undefined || span.start < copied) continue;
        made += text.slice(copied, span.start) + this.#render(entry, text, span);
        copied = span.end;
      }
    }
    return made + text.slice(copied);
  }

  /** What stands in place of a group, in byte text; itself where the template fails. */
  #render({ extracted }: Entry, text: string, { start, end }: Span): string {
    const group = text.slice(start, end);
    const values = this.#slots.map((slot) => (slot === VALUE ? textOf(group) : extracted[slot]!));
    const made = this.#options.template.render(values, this.#options.maxBytes);
    return made === null ? group : byteTextOf(made);
  }

  #put(entry: Entry, replaced: string): void {
    const { source, scratch, maxBytes } = this.#options;
    if (source !== null) {
      entry.extracted[source] = textOf(replaced);
      return;
    }
    const target = scratch.next();
    const bytes = Math.min(replaced.length, maxBytes);
    target.reserve(bytes);
    target.length = target.bytes.write(replaced, 0, bytes, 'latin1');
    entry.rewrite(target.bytes.subarray(0, target.length));
  }
}
