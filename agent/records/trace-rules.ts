import { APART, type RecordRule, WHOLE } from '../model/multiline.ts';
import type { Language } from '../model/language.ts';
import { dotnetTrace } from './dotnet-trace.ts';
import { goTrace } from './go-trace.ts';
import { javaTrace } from './java-trace.ts';
import { nodeTrace } from './node-trace.ts';
import { pythonTrace } from './python-trace.ts';
import { rubyTrace } from './ruby-trace.ts';
import { TraceLine } from './trace-line.ts';
import { NO_STATE, type TraceRule } from './trace-rule.ts';

const RULES: Readonly<Record<Language, TraceRule>> = {
  java: javaTrace,
  python: pythonTrace,
  go: goTrace,
  ruby: rubyTrace,
  node: nodeTrace,
  dotnet: dotnetTrace,
};

/** Bits of the state that are a language's. */
const BITS = 4;
const MASK = 0b1111;
const OPENING_BRACE = 123;

/**
 * Joins stack traces of some languages. The first lines of two may look alike, so a trace is all that it may be until a line rules some out.
 * A line that neither begins one nor stands amid one is a record of its own, and costs a look at its begin and a search for a few words.
 */
export class TraceRules implements RecordRule {
  readonly #rules: readonly TraceRule[];
  readonly #line = new TraceLine();

  constructor(languages: readonly Language[]) {
    this.#rules = languages.map((language) => RULES[language]);
  }

  begin(bytes: Buffer, start: number, end: number): number {
    // JSON holds its traces in itself.
    if (start === end || bytes[start] === OPENING_BRACE) return WHOLE;
    const line = this.#line;
    line.set(bytes, start, end);
    let states = 0;
    for (let index = 0; index < this.#rules.length; index += 1) states |= this.#rules[index]!.begin(line) << (index * BITS);
    return states;
  }

  goOn(states: number, bytes: Buffer, start: number, end: number): number {
    const line = this.#line;
    line.set(bytes, start, end);
    let isOfIt = false;
    let next = 0;
    for (let index = 0; index < this.#rules.length; index += 1) {
      const state = (states >> (index * BITS)) & MASK;
      const after = state === 0 ? NO_STATE : this.#rules[index]!.goOn(state, line);
      if (after === NO_STATE) continue;
      isOfIt = true;
      next |= after << (index * BITS);
    }
    if (!isOfIt) return APART;
    return next === 0 ? WHOLE : next;
  }
}
