import { call } from './call.ts';
import { constant, type Expression } from './scope.ts';
import { TemplateFault } from './template-fault.ts';
import type { Token } from './tokens.ts';
import type { Variables } from './variables.ts';

const MOST_PARENTHESES = 100;
const WORDS: ReadonlyMap<string, Expression> = new Map([
  ['true', constant(true)],
  ['false', constant(false)],
  ['nil', constant(null)],
]);

/** A value, and the variable that it goes into; null: none. */
export interface Pipeline {
  readonly value: Expression;
  readonly target: number | null;
}

/** Reads what stands in an action: commands with `|` between them, of which each is handed the value of the one before. */
export class PipelineParser {
  readonly #tokens: readonly Token[];
  readonly #variables: Variables;
  /** The slot of what `.` is within a `with`; null: all values together. */
  readonly #dot: number | null;
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[], variables: Variables, dot: number | null) {
    this.#tokens = tokens;
    this.#variables = variables;
    this.#dot = dot;
  }

  /** All of the action. */
  read(): Pipeline {
    const [variable, sign] = this.#tokens;
    const declares = isSymbol(sign, ':=');
    if (variable?.kind !== 'variable' || !(declares || isSymbol(sign, '='))) return { value: this.#whole(), target: null };
    this.#at = 2;
    const value = this.#whole();
    return { value, target: declares ? this.#variables.declare(variable.text) : this.#variables.slotOf(variable.text) };
  }

  #whole(): Expression {
    const value = this.#pipeline();
    const rest = this.#tokens[this.#at];
    if (rest !== undefined) throw new TemplateFault(`${rest.text} is not expected there`);
    return value;
  }

  #pipeline(): Expression {
    let value = this.#command(null);
    while (this.#takes('|')) value = this.#command(value);
    return value;
  }

  /** A function with its arguments, the last of which may come through the pipe; or an operand. */
  #command(piped: Expression | null): Expression {
    const first = this.#tokens[this.#at];
    if (first?.kind !== 'word' || WORDS.has(first.text)) {
      const operand = this.#operand();
      if (piped !== null || this.#beginsOperand()) throw new TemplateFault(`${first!.text} is no function, and takes no value`);
      return operand;
    }
    this.#at += 1;
    const args: Expression[] = [];
    while (this.#beginsOperand()) args.push(this.#operand());
    if (piped !== null) args.push(piped);
    return first.text === 'index' ? this.#index(args) : call(first.text, args);
  }

  /** `index . "name"`: a value whose name cannot stand behind a dot. */
  #index([all, key, ...more]: readonly Expression[]): Expression {
    if (all?.isAll !== true || typeof key?.constant !== 'string' || more.length > 0)
      throw new TemplateFault('index takes . and a name in quotes: index . "name"');
    return this.#field(key.constant);
  }

  #beginsOperand(): boolean {
    const token = this.#tokens[this.#at];
    return token !== undefined && (token.kind !== 'symbol' || token.text === '(' || token.text === '.');
  }

  #operand(): Expression {
    const token = this.#tokens[this.#at];
    if (token === undefined || !this.#beginsOperand())
      throw new TemplateFault(token === undefined ? 'a value is missing' : `a value is missing before ${token.text}`);
    this.#at += 1;
    const operand = this.#operandOf(token);
    const next = this.#tokens[this.#at];
    if (next?.kind === 'field' && next.follows) throw new TemplateFault(`${next.text} of a text: a text has no fields`);
    return operand;
  }

  #operandOf(token: Token): Expression {
    if (token.kind === 'number') return constant(token.value);
    if (token.kind === 'text') return constant(token.text);
    if (token.kind === 'field') return this.#fieldOfDot(token.text.slice(1));
    if (token.kind === 'variable') return this.#variable(token.text);
    if (token.kind === 'symbol') return token.text === '.' ? this.#dotItself() : this.#inParentheses();
    return WORDS.get(token.text) ?? call(token.text, []);
  }

  #inParentheses(): Expression {
    this.#depth += 1;
    if (this.#depth > MOST_PARENTHESES) throw new TemplateFault(`more than ${MOST_PARENTHESES} parentheses within each other`);
    const value = this.#pipeline();
    if (!this.#takes(')')) throw new TemplateFault('a parenthesis does not end, write )');
    this.#depth -= 1;
    return value;
  }

  #dotItself(): Expression {
    return this.#dot === null ? { evaluate: () => null, isAll: true } : stored(this.#dot);
  }

  #fieldOfDot(name: string): Expression {
    if (this.#dot !== null) throw new TemplateFault(`. is the value of with here, write $.${name} for that of all values`);
    return this.#field(name);
  }

  #field(name: string): Expression {
    const index = this.#variables.field(name);
    return { evaluate: ({ values }) => values[index]! };
  }

  #variable(name: string): Expression {
    if (name !== '$') return stored(this.#variables.slotOf(name));
    const next = this.#tokens[this.#at];
    if (next?.kind !== 'field' || !next.follows) return { evaluate: () => null, isAll: true };
    this.#at += 1;
    return this.#field(next.text.slice(1));
  }

  #takes(symbol: string): boolean {
    const takes = isSymbol(this.#tokens[this.#at], symbol);
    if (takes) this.#at += 1;
    return takes;
  }
}

function stored(slot: number): Expression {
  return { evaluate: ({ variables }) => variables[slot]! };
}

function isSymbol(token: Token | undefined, text: string): boolean {
  return token?.kind === 'symbol' && token.text === text;
}
