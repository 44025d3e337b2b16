import { type Fault, isFault } from './fault.ts';
import type { LogqlCursor } from './logql-cursor.ts';
import { readQuoted } from './read-quoted.ts';
import { type CompilePattern, valuePattern } from './text-pattern.ts';

/** What a selector asks of one label. */
export interface LabelMatcher {
  readonly name: string;
  /** A label that is not there has the value ''. */
  matches(value: string): boolean;
}

/** The longest first: one may begin another. */
const OPERATORS = ['=~', '!~', '!=', '='] as const;
const ASCII = /^[\0-\x7f]*$/;

/** Reads what stands between the braces of a selector, and the closing one. */
export function readMatchers(cursor: LogqlCursor, compile: CompilePattern): readonly LabelMatcher[] | Fault {
  if (cursor.accept('}')) return cursor.fault('{} asks for no label, name one, like {namespace="shop"}, or {namespace=~".*"} for any', 0);
  const matchers: LabelMatcher[] = [];
  do {
    const matcher = readMatcher(cursor, compile);
    if (isFault(matcher)) return matcher;
    matchers.push(matcher);
  } while (cursor.accept(','));
  return cursor.accept('}') ? matchers : cursor.fault('expected a comma and another label, or }');
}

function readMatcher(cursor: LogqlCursor, compile: CompilePattern): LabelMatcher | Fault {
  const name = cursor.acceptName();
  if (name === null) return cursor.fault('expected the name of a label: a letter or _, then letters, digits and _');
  const operator = cursor.acceptOneOf(OPERATORS);
  if (operator === null) return cursor.fault(`expected one of = != =~ !~ behind the label ${name}`);
  const start = cursor.at;
  const written = readQuoted(cursor);
  if (isFault(written)) return written;
  const isWanted = !operator.startsWith('!');
  if (!operator.endsWith('~')) {
    const wanted = written.toString();
    return { name, matches: (value) => (value === wanted) === isWanted };
  }
  const pattern = valuePattern(written, compile);
  if (isFault(pattern)) return cursor.fault(pattern.fault, start);
  return { name, matches: (value) => pattern.test(byteText(value)) === isWanted };
}

function byteText(value: string): string {
  return ASCII.test(value) ? value : Buffer.from(value).toString('latin1');
}
