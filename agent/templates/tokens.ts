import { unquoted } from './go-text.ts';
import { TemplateFault } from './template-fault.ts';

/**
 * A piece of an action. `field`: `.name`; `variable`: `$name`; `text` and `number` hold the constant, `word` a function's or keyword's name,
 * `symbol` one of `( ) | := = , .`.
 */
export type Token =
  | { readonly kind: 'field' | 'variable' | 'word' | 'symbol' | 'text'; readonly text: string; readonly follows: boolean }
  | { readonly kind: 'number'; readonly value: bigint | number; readonly text: string; readonly follows: boolean };

const TOKEN =
  /(?<field>\.[\p{L}_][\p{L}\p{N}_]*)|(?<variable>\$[\p{L}\p{N}_]*)|(?<text>"(?:[^"\\\n]|\\.)*"|`[^`]*`)|(?<number>[+-]?(?:0[xX][\da-fA-F_]+|\d[\d_]*(?:\.\d*)?(?:[eE][+-]?\d+)?))|(?<word>[\p{L}_][\p{L}\p{N}_]*)|(?<symbol>:=|[=|(),.])/uy;

/** Reads the pieces of one action, from behind its opening braces. */
export class TokenReader {
  readonly #source: string;
  readonly #token = new RegExp(TOKEN);
  at: number;

  constructor(source: string, at: number) {
    this.#source = source;
    this.at = at;
  }

  /** All up to the closing braces, behind which `at` is then; `trims`: those have a hyphen. */
  action(): { readonly tokens: readonly Token[]; readonly trims: boolean } {
    const tokens: Token[] = [];
    for (;;) {
      const space = this.#skipSpace();
      if (space && this.#source.startsWith('-}}', this.at)) return this.#end(tokens, 3);
      if (this.#source.startsWith('}}', this.at)) return this.#end(tokens, 2);
      tokens.push(this.#read(!space));
    }
  }

  #end(tokens: readonly Token[], braces: number): ReturnType<TokenReader['action']> {
    this.at += braces;
    return { tokens, trims: braces === 3 };
  }

  #skipSpace(): boolean {
    const from = this.at;
    while (/\s/.test(this.#source[this.at] ?? '')) this.at += 1;
    return this.at > from;
  }

  #read(follows: boolean): Token {
    this.#token.lastIndex = this.at;
    const groups = this.#token.exec(this.#source)?.groups;
    if (groups === undefined) throw new TemplateFault(this.#nothing());
    const [kind, text] = Object.entries(groups).find(([, found]) => found !== undefined) as [Token['kind'], string];
    this.at += text.length;
    if (kind === 'number') return { kind, value: numberOf(text), text, follows };
    return { kind, text: kind === 'text' ? contentOf(text) : text, follows };
  }

  #nothing(): string {
    const rest = this.#source.slice(this.at);
    if (rest === '') return '{{ is not closed, write }} behind the action';
    if (rest.startsWith("'")) return 'text stands in double quotes or backquotes here, not in single ones';
    if (rest.startsWith('"') || rest.startsWith('`')) return 'a quoted text does not end';
    return `${rest.slice(0, 1)} means nothing here`;
  }
}

function contentOf(literal: string): string {
  const content = literal.slice(1, -1);
  return literal.startsWith('`') ? content : unquoted(content);
}

function numberOf(literal: string): bigint | number {
  const text = literal.replaceAll('_', '');
  if (/^[+-]?(?:0[xX]|\d+$)/.test(text)) {
    const size = BigInt(text.replace(/^[+-]/, ''));
    return BigInt.asIntN(64, text.startsWith('-') ? -size : size);
  }
  return Number(text);
}
