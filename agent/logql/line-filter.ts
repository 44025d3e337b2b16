import { type Fault, isFault } from './fault.ts';
import type { FilteredLine, LineTest } from './line-test.ts';
import type { LogqlCursor } from './logql-cursor.ts';
import { needleSearch } from './needle-search.ts';
import { readQuoted } from './read-quoted.ts';
import { type CompilePattern, linePattern } from './text-pattern.ts';

const OPERATORS = ['|=', '!=', '|~', '!~'] as const;

/** Reads line filters up to the end or to what is none; null: there are none, so that every line passes. */
export function readLineFilters(cursor: LogqlCursor, compile: CompilePattern): LineTest | Fault | null {
  const tests: LineTest[] = [];
  for (let operator = cursor.acceptOneOf(OPERATORS); operator !== null; operator = cursor.acceptOneOf(OPERATORS)) {
    const found = readTexts(cursor, operator.endsWith('~'), compile);
    if (isFault(found)) return found;
    // `!= "a" or "b"` asks for lines with neither (pkg/logql/syntax, newOrLineFilterExpr).
    tests.push(operator.startsWith('!') ? (line) => !found(line) : found);
  }
  if (tests.length < 2) return tests[0] ?? null;
  const all = (line: FilteredLine): boolean => {
    for (const test of tests) if (!test(line)) return false;
    return true;
  };
  const needle = tests.find((test) => test.needle !== undefined)?.needle;
  return needle === undefined ? all : Object.assign(all, { needle });
}

/** Reads the texts of one filter, with `or` between them: whether a line holds one of them. */
function readTexts(cursor: LogqlCursor, isPattern: boolean, compile: CompilePattern): LineTest | Fault {
  const tests: LineTest[] = [];
  do {
    const test = readText(cursor, isPattern, compile);
    if (isFault(test)) return test;
    tests.push(test);
  } while (cursor.acceptWord('or'));
  if (tests.length === 1) return tests[0]!;
  return (line) => {
    for (const test of tests) if (test(line)) return true;
    return false;
  };
}

function readText(cursor: LogqlCursor, isPattern: boolean, compile: CompilePattern): LineTest | Fault {
  if (cursor.acceptWord('ip')) return cursor.fault('ip() is not supported, write |~ and a regular expression of the addresses');
  const start = cursor.at;
  const written = readQuoted(cursor);
  if (isFault(written)) return written;
  if (!isPattern) return needleSearch(written);
  const pattern = linePattern(written, compile);
  if (isFault(pattern)) return cursor.fault(pattern.fault, start);
  const { literal = null } = pattern;
  return literal === null ? (line) => pattern.test(line.byteText) : needleSearch(literal);
}
