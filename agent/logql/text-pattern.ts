import { isUtf8 } from 'node:buffer';
import type { Fault } from './fault.ts';

/** A regular expression that is ready to be asked, as often as there are lines. */
export interface TextPattern {
  /** Whether it is found in a text of one character a byte, U+0000 to U+00FF. */
  test(byteText: string): boolean;
  /** The bytes to search for where the pattern is a plain text; null or absent where it is not. */
  readonly literal?: Buffer | null;
}

/** Makes a pattern of what Go would take for one (RE2 syntax). What it returns ends in time linear in its text. */
export type CompilePattern = (source: string) => TextPattern | Fault;

/** The pattern that a text in a query says, found anywhere. */
export function linePattern(written: Buffer, compile: CompilePattern): TextPattern | Fault {
  return isUtf8(written) ? compile(written.toString()) : { fault: 'a regular expression of bytes that are no UTF-8' };
}

/** One for values of labels: it must match the whole of them (Prometheus, NewFastRegexMatcher). */
export function valuePattern(written: Buffer, compile: CompilePattern): TextPattern | Fault {
  const alone = linePattern(written, compile);
  // By itself first: `a)|(b` would be one in brackets only.
  return 'fault' in alone ? alone : compile(`^(?s:${written.toString()})$`);
}
