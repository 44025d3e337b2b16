import type { Template } from '../templates/compile-template.ts';
import type { Entry } from './entry.ts';
import type { Stage } from './stage.ts';

export interface TemplateParts {
  readonly template: Template;
  /** Slot of the extracted value that is set. */
  readonly source: number;
  /** Slot of the extracted value that a field stands for, by its name. */
  readonly slotOf: (name: string) => number;
  readonly maxBytes: number;
  /** It has failed. */
  readonly countFault: () => void;
}

/** Stands for the line in place of a slot. */
const LINE = -1;

/** Sets an extracted value to what a template makes of others: nothing at all where that is empty, as it was where the template fails. */
export class TemplateStage implements Stage {
  readonly #template: Template;
  readonly #source: number;
  readonly #maxBytes: number;
  readonly #countFault: TemplateParts['countFault'];
  /** By the fields of the template. */
  readonly #slots: readonly number[];
  readonly #values: (string | null)[];

  constructor({ template, source, slotOf, maxBytes, countFault }: TemplateParts) {
    this.#template = template;
    this.#source = source;
    this.#maxBytes = maxBytes;
    this.#countFault = countFault;
    this.#slots = template.fields.map((name) => (name === 'Value' ? source : name === 'Entry' ? LINE : slotOf(name)));
    this.#values = this.#slots.map(() => null);
  }

  apply(entry: Entry): true {
    const values = this.#values;
    const slots = this.#slots;
    for (let i = 0; i < slots.length; i += 1) values[i] = slots[i] === LINE ? entry.text : entry.extracted[slots[i]!]!;
    const text = this.#template.render(values, this.#maxBytes);
    if (text === null) this.#countFault();
    else entry.extracted[this.#source] = text === '' ? null : text;
    return true;
  }
}
