import { TemplateFault } from './template-fault.ts';
import { type Token, TokenReader } from './tokens.ts';

/** What a template is made of, in order: text that stands for itself, and what stands in braces. */
export type Piece = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'action'; readonly tokens: readonly Token[] };

/** Takes a template apart. `{{-` and `-}}` take the white space before and behind them away; comments are left out. */
export function piecesOf(source: string): Piece[] {
  const pieces: Piece[] = [];
  let trims = false;
  for (let at = 0; at < source.length; ) {
    const open = source.indexOf('{{', at);
    const end = open === -1 ? source.length : open;
    const trimsBefore = /^\{\{-\s/.test(source.slice(end, end + 4));
    const text = trimmed(source.slice(at, end), trims, trimsBefore);
    if (text !== '') pieces.push({ kind: 'text', text });
    if (open === -1) break;
    const from = open + (trimsBefore ? 3 : 2);
    const comment = /\s*\/\*/y;
    comment.lastIndex = from;
    if (comment.test(source)) {
      const { to, trimsBehind } = endOfComment(source, from);
      trims = trimsBehind;
      at = to;
      continue;
    }
    const reader = new TokenReader(source, from);
    const action = reader.action();
    pieces.push({ kind: 'action', tokens: action.tokens });
    trims = action.trims;
    at = reader.at;
  }
  return pieces;
}

function trimmed(text: string, before: boolean, behind: boolean): string {
  const begun = before ? text.trimStart() : text;
  return behind ? begun.trimEnd() : begun;
}

function endOfComment(source: string, from: number): { readonly to: number; readonly trimsBehind: boolean } {
  const end = /\*\/(\s+-)?\}\}/g;
  end.lastIndex = from;
  const found = end.exec(source);
  if (found === null) throw new TemplateFault('a comment does not end, write */}} behind it');
  return { to: end.lastIndex, trimsBehind: found[1] !== undefined };
}
