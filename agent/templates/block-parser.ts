import type { Piece } from './pieces.ts';
import { type Pipeline, PipelineParser } from './pipeline-parser.ts';
import type { Emit, Expression, Scope } from './scope.ts';
import { TemplateFault } from './template-fault.ts';
import type { Token } from './tokens.ts';
import { FAILED, isTrue, printed } from './value.ts';
import type { Variables } from './variables.ts';

const MOST_BLOCKS = 100;
/** What Go's templates have besides: there are no lists here, and no other templates. */
const ABSENT = new Set(['range', 'break', 'continue', 'block', 'define', 'template']);

/** How a block ends: with the template, or with an action. */
type End = { readonly kind: 'all' } | { readonly kind: 'end' } | { readonly kind: 'else'; readonly tokens: readonly Token[] };

interface Block {
  readonly emit: Emit;
  readonly end: End;
}

/** Makes of the pieces of a template what writes its text. */
export class BlockParser {
  readonly #pieces: readonly Piece[];
  readonly #variables: Variables;
  #at = 0;
  #depth = 0;

  constructor(pieces: readonly Piece[], variables: Variables) {
    this.#pieces = pieces;
    this.#variables = variables;
  }

  /** All of the template. */
  read(): Emit {
    const { emit, end } = this.#block(null);
    if (end.kind !== 'all') throw new TemplateFault(`${end.kind} without an if or with before it`);
    return emit;
  }

  #block(dot: number | null): Block {
    const emits: Emit[] = [];
    for (;;) {
      const piece = this.#pieces[this.#at];
      if (piece === undefined) return { emit: inOrder(emits), end: { kind: 'all' } };
      this.#at += 1;
      if (piece.kind === 'text') emits.push((scope) => add(scope, piece.text));
      else {
        const end = endOf(piece.tokens);
        if (end !== null) return { emit: inOrder(emits), end };
        emits.push(this.#action(piece.tokens, dot));
      }
    }
  }

  #action(tokens: readonly Token[], dot: number | null): Emit {
    const [first, ...rest] = tokens;
    if (first === undefined) throw new TemplateFault('{{ }} is empty, write a value between');
    if (first.kind !== 'word') return emitting(this.#pipeline(tokens, dot));
    if (ABSENT.has(first.text)) throw new TemplateFault(`${first.text} is not offered here: the values are texts, not lists`);
    if (first.text === 'if' || first.text === 'with') return this.#variables.within(() => this.#branch(first.text, rest, dot));
    return emitting(this.#pipeline(tokens, dot));
  }

  #branch(keyword: string, tokens: readonly Token[], dot: number | null): Emit {
    this.#depth += 1;
    if (this.#depth > MOST_BLOCKS) throw new TemplateFault(`more than ${MOST_BLOCKS} blocks within each other`);
    if (tokens.length === 0) throw new TemplateFault(`${keyword} wants a value`);
    const { value, target } = this.#pipeline(tokens, dot);
    const slot = target ?? this.#variables.declare('');
    const then = this.#variables.within(() => this.#block(keyword === 'with' ? slot : dot));
    const otherwise = this.#otherwise(keyword, then.end, dot);
    this.#depth -= 1;
    return (scope) => {
      const outcome = value.evaluate(scope);
      if (outcome === FAILED) return false;
      scope.variables[slot] = outcome;
      return isTrue(outcome) ? then.emit(scope) : otherwise(scope);
    };
  }

  /** What stands behind the `else` of a block, up to its end. */
  #otherwise(keyword: string, end: End, dot: number | null): Emit {
    if (end.kind === 'end') return () => true;
    if (end.kind === 'all') throw new TemplateFault(`${keyword} does not end, write {{ end }}`);
    const [next, ...rest] = end.tokens;
    if (next !== undefined) return this.#branch(next.text, rest, dot);
    const block = this.#variables.within(() => this.#block(dot));
    if (block.end.kind !== 'end') throw new TemplateFault(`the else of ${keyword} does not end, write {{ end }}`);
    return block.emit;
  }

  #pipeline(tokens: readonly Token[], dot: number | null): Pipeline {
    const pipeline = new PipelineParser(tokens, this.#variables, dot).read();
    if (pipeline.value.isAll === true) throw new TemplateFault('. is all values together, name the one that is meant: .Value');
    return pipeline;
  }
}

function endOf([first, ...rest]: readonly Token[]): End | null {
  if (first?.kind !== 'word' || (first.text !== 'end' && first.text !== 'else')) return null;
  if (first.text === 'end' && rest.length === 0) return { kind: 'end' };
  const [next] = rest;
  const goesOn = next === undefined || (next.kind === 'word' && (next.text === 'if' || next.text === 'with'));
  if (first.text === 'end' || !goesOn) throw new TemplateFault(`${rest[0]!.text} is not expected behind ${first.text}`);
  return { kind: 'else', tokens: rest };
}

function inOrder(emits: readonly Emit[]): Emit {
  return (scope) => {
    for (const emit of emits) if (!emit(scope)) return false;
    return true;
  };
}

/** Writes a value, or puts it aside. */
function emitting({ value, target }: { readonly value: Expression; readonly target: number | null }): Emit {
  return (scope) => {
    const outcome = value.evaluate(scope);
    if (outcome === FAILED) return false;
    if (target === null) return add(scope, printed(outcome));
    scope.variables[target] = outcome;
    return true;
  };
}

function add(scope: Scope, text: string): boolean {
  if (scope.text.length + text.length > scope.maxLength) return false;
  scope.text += text;
  return true;
}
