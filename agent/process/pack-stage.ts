import type { Entry } from './entry.ts';
import { rewriteText } from './rewrite-text.ts';
import type { Scratch } from './scratch.ts';
import type { Stage } from './stage.ts';
import { type ValueOrLabel, valueOrLabel } from './value-or-label.ts';

/** The name of the line in what is packed (Loki: pkg/logqlmodel, PackedEntryKey). */
const ENTRY_KEY = '_entry';

interface Packed extends ValueOrLabel {
  readonly name: string;
}

export interface PackStageParts {
  /** In the order of their names. */
  readonly packed: readonly Packed[];
  readonly scratch: Scratch;
  /** What would become longer is not packed: a store would refuse it, and what is cut off cannot be unpacked. */
  readonly maxLineBytes: number;
}

/** Puts values into the line, as a JSON object with the line in it, and takes labels of these names away; LogQL's `unpack` undoes it. */
export class PackStage implements Stage {
  readonly #parts: PackStageParts;

  constructor(parts: PackStageParts) {
    this.#parts = parts;
  }

  apply(entry: Entry): true {
    const { packed, scratch, maxLineBytes } = this.#parts;
    const values = packed.map((value) => [value.name, valueOrLabel(entry, value)] as const);
    const text = packedText(
      values.filter((value): value is [string, string] => value[1] !== null),
      entry.text,
    );
    if (Buffer.byteLength(text) > maxLineBytes) return true;
    rewriteText(entry, text, scratch.next(), maxLineBytes);
    for (const { label } of packed) if (label !== null) entry.labels[label] = null;
    return true;
  }
}

/** An object's own keys would not keep their order, and some names mean something else to it. */
function packedText(values: readonly (readonly [string, string])[], line: string): string {
  return `{${[...values, [ENTRY_KEY, line]].map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join()}}`;
}
