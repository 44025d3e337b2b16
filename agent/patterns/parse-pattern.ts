import { type CodePoints, LAST_CODE_POINT, others } from './code-points.ts';
import { foldCase } from './fold-case.ts';
import { parseCharacterEscape, parseSetEscape } from './parse-escape.ts';
import { parseSet } from './parse-set.ts';
import { PatternCursor } from './pattern-cursor.ts';
import { PatternFault } from './pattern-fault.ts';
import type { ParsedPattern, PatternNode, Place } from './pattern-node.ts';

/** As Go has it (regexp/syntax, `x{1001}`). */
const MOST_REPEATS = 1000;
const MOST_NESTING = 200;
const NAMED_GROUP = /\?P?<(\w+)>/y;
const FLAGS = /\?([imsU]*)(-[imsU]+)?([:)])/y;
const REPEAT = /\*|\+|\?|\{(\d+)(,?)(\d*)\}/y;
const PLACES: Readonly<Record<string, Place>> = { A: 'text_begin', z: 'text_end', b: 'word_boundary', B: 'no_word_boundary' };
const ANY: CodePoints = [[0, LAST_CODE_POINT]];
const NO_LINE_FEED = others([[10, 10]]);

/** The flags that are on at a place of the pattern. */
interface Flags {
  readonly i: boolean;
  readonly m: boolean;
  readonly s: boolean;
  readonly U: boolean;
}

/** Reads a pattern in the syntax of Go's regexp, which is RE2's (github.com/google/re2, doc/syntax.txt). Throws `PatternFault`. */
export function parsePattern(source: string): ParsedPattern {
  return new Parser(source).parse();
}

class Parser {
  readonly #cursor: PatternCursor;
  readonly #names: (string | null)[] = [];
  #flags: Flags = { i: false, m: false, s: false, U: false };
  #depth = 0;

  constructor(source: string) {
    this.#cursor = new PatternCursor(source);
  }

  parse(): ParsedPattern {
    const root = this.#choice();
    if (!this.#cursor.atEnd) throw new PatternFault('has a ) that closes nothing, write \\) for a parenthesis');
    return { root, names: this.#names };
  }

  /** Up to the parenthesis that closes it, or to the end. */
  #choice(): PatternNode {
    const branches = [this.#sequence()];
    while (this.#cursor.takes('|')) branches.push(this.#sequence());
    return branches.length === 1 ? branches[0]! : { kind: 'choice', branches };
  }

  #sequence(): PatternNode {
    const parts: PatternNode[] = [];
    while (!this.#cursor.atEnd && !this.#cursor.sees('|') && !this.#cursor.sees(')')) {
      if (this.#cursor.takes('\\Q')) parts.push(...this.#quoted());
      else {
        const atom = this.#atom();
        if (atom !== null) parts.push(this.#repeated(atom));
      }
    }
    return parts.length === 1 ? parts[0]! : { kind: 'sequence', parts };
  }

  /** Null for what only sets flags. */
  #atom(): PatternNode | null {
    const cursor = this.#cursor;
    const { m, s, i } = this.#flags;
    if (cursor.takes('(')) return this.#group();
    if (cursor.takes('[')) return { kind: 'character', set: parseSet(cursor, i) };
    if (cursor.takes('.')) return { kind: 'character', set: s ? ANY : NO_LINE_FEED };
    if (cursor.takes('^')) return { kind: 'place', place: m ? 'line_begin' : 'text_begin' };
    if (cursor.takes('$')) return { kind: 'place', place: m ? 'line_end' : 'text_end' };
    if (cursor.takes('\\')) return this.#escaped();
    const repeat = cursor.match(REPEAT);
    if (repeat !== null) throw new PatternFault(`${repeat[0]} has nothing before it to repeat, write \\${repeat[0]} for the character`);
    return this.#literal(cursor.next().codePointAt(0)!);
  }

  #literal(point: number): PatternNode {
    const set: CodePoints = [[point, point]];
    return { kind: 'character', set: this.#flags.i ? foldCase(set) : set };
  }

  #escaped(): PatternNode {
    const place = PLACES[this.#cursor.source[this.#cursor.at] ?? ''];
    if (place !== undefined) {
      this.#cursor.at += 1;
      return { kind: 'place', place };
    }
    const set = parseSetEscape(this.#cursor, this.#flags.i);
    return set === null ? this.#literal(parseCharacterEscape(this.#cursor)) : { kind: 'character', set };
  }

  /** Up to `\E` or the end; a repeat behind it is of the last character. */
  #quoted(): PatternNode[] {
    const { source, at } = this.#cursor;
    const found = source.indexOf('\\E', at);
    const end = found === -1 ? source.length : found;
    const nodes = Array.from(source.slice(at, end), (character) => this.#literal(character.codePointAt(0)!));
    this.#cursor.at = found === -1 ? end : end + 2;
    const last = nodes.pop();
    return last === undefined ? [] : [...nodes, this.#repeated(last)];
  }

  /** What an opened parenthesis begins. */
  #group(): PatternNode | null {
    const cursor = this.#cursor;
    const outer = this.#flags;
    const flags = cursor.match(FLAGS);
    if (flags !== null) {
      this.#setFlags(flags);
      if (flags[3] === ')') return null;
      return this.#closed(outer);
    }
    const name = cursor.match(NAMED_GROUP)?.[1] ?? null;
    if (name === null && cursor.sees('?')) throw new PatternFault(adviceOnGroup(cursor));
    if (name !== null && this.#names.includes(name))
      throw new PatternFault(`the name ${name} is given twice, name one of the groups otherwise`);
    const group = this.#names.push(name);
    return { kind: 'group', group, body: this.#closed(outer) };
  }

  /** What is in the parentheses; the flags behind them are those before them. */
  #closed(outer: Flags): PatternNode {
    this.#depth += 1;
    if (this.#depth > MOST_NESTING) throw new PatternFault(`has more than ${MOST_NESTING} parentheses in each other, write fewer`);
    const body = this.#choice();
    if (!this.#cursor.takes(')')) throw new PatternFault('has a ( without its ), write \\( for a parenthesis');
    this.#depth -= 1;
    this.#flags = outer;
    return body;
  }

  #setFlags([, on = '', off = '']: RegExpExecArray): void {
    const flags = { ...this.#flags };
    for (const flag of on) flags[flag as keyof Flags] = true;
    for (const flag of off.slice(1)) flags[flag as keyof Flags] = false;
    this.#flags = flags;
  }

  #repeated(body: PatternNode): PatternNode {
    const cursor = this.#cursor;
    const repeat = cursor.match(REPEAT);
    if (repeat === null) return body;
    const { least, most } = countsOf(repeat);
    const greedy = cursor.takes('?') === this.#flags.U;
    const second = cursor.match(REPEAT);
    if (second !== null)
      throw new PatternFault(`${repeat[0]}${second[0]} repeats a repeat, write (?:...)${second[0]} around it, or one of them`);
    return { kind: 'repeat', body, least, most, greedy };
  }
}

function countsOf([text, from, comma, to]: RegExpExecArray): { readonly least: number; readonly most: number | null } {
  if (from === undefined) return { least: text === '+' ? 1 : 0, most: text === '?' ? 1 : null };
  const least = Number(from);
  const most = comma === '' ? least : to === '' ? null : Number(to);
  if (Math.max(least, most ?? 0) > MOST_REPEATS) throw new PatternFault(`${text} repeats too often, write at most ${MOST_REPEATS}`);
  if (most !== null && most < least) throw new PatternFault(`${text} goes backwards, write {${most},${least}}`);
  return { least, most };
}

function adviceOnGroup(cursor: PatternCursor): string {
  if (/^\?<?[=!]/.test(cursor.source.slice(cursor.at))) {
    return 'looks ahead or behind, which cannot be done in linear time; match what stands there, and take the part that is needed from a group';
  }
  const text = cursor.source.slice(cursor.at - 1, cursor.at + 5);
  return `${text} begins no group that is known: write (...), (?:...), (?P<name>...) with letters, digits and _, or flags of i, m, s, U: (?i)`;
}
