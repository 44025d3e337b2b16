import { type Fault, isFault } from './fault.ts';
import { type LabelMatcher, readMatchers } from './label-matcher.ts';
import { readLineFilters } from './line-filter.ts';
import type { LineTest } from './line-test.ts';
import { LogqlCursor } from './logql-cursor.ts';
import type { CompilePattern } from './text-pattern.ts';

/** Which lines of which streams are meant: those that all of it applies to. */
export interface LogSelector {
  readonly matchers: readonly LabelMatcher[];
  /** Null: every line of them. */
  readonly filter: LineTest | null;
}

/** As much as Loki takes (pkg/logql/syntax/parser.go, maxInputSize). */
const MAX_BYTES = 5119;
const FILTERS = '|= != |~ !~';

/** Reads a stream selector of LogQL and its line filters: `{app="shop", env!="dev"} |= "error" !~ "timeout|refused"`. */
export function parseLogSelector(source: string, compile: CompilePattern): LogSelector | Fault {
  return parse(source, (cursor) => readSelector(cursor, compile));
}

/** Reads line filters alone: `|= "error" != "timeout"`. */
export function parseLineFilters(source: string, compile: CompilePattern): LineTest | Fault {
  return parse(source, (cursor) => readLineFilters(cursor, compile) ?? cursor.fault(`expected a line filter, one of ${FILTERS}`));
}

/** Whether a stream is meant. `valueOf`: a label's value, '' when there is none. */
export function selectsStream({ matchers }: LogSelector, valueOf: (name: string) => string): boolean {
  return matchers.every((matcher) => matcher.matches(valueOf(matcher.name)));
}

function parse<Read extends object>(source: string, read: (cursor: LogqlCursor) => Read | Fault): Read | Fault {
  if (Buffer.byteLength(source) > MAX_BYTES) return { fault: `too long, write at most ${MAX_BYTES} bytes` };
  const cursor = new LogqlCursor(source);
  const got = read(cursor);
  return isFault(got) || cursor.isDone ? got : unexpected(cursor);
}

function readSelector(cursor: LogqlCursor, compile: CompilePattern): LogSelector | Fault {
  if (!cursor.accept('{')) {
    const isMetric = /^[a-z_]+\s*[({]/.test(cursor.source.slice(cursor.at));
    return cursor.fault(`expected { and labels, like {app="shop"}${isMetric ? '; a metric query selects no lines' : ''}`);
  }
  const matchers = readMatchers(cursor, compile);
  if (isFault(matchers)) return matchers;
  const filter = readLineFilters(cursor, compile);
  return filter !== null && isFault(filter) ? filter : { matchers, filter };
}

/** What stands where a line filter or the end should. */
function unexpected(cursor: LogqlCursor): Fault {
  const { at } = cursor;
  if (cursor.accept('|>') || cursor.accept('!>'))
    return cursor.fault('filters by pattern are not supported, write |~ or !~ and a regular expression', at);
  if (cursor.accept('[')) return cursor.fault('a range belongs to a metric query, leave it out', at);
  if (!cursor.accept('|')) return cursor.fault(`expected a line filter, one of ${FILTERS}`);
  const name = cursor.acceptName() ?? '';
  return cursor.fault(
    `| ${name} is no line filter, of which there are ${FILTERS}; parse lines with a stage before this one and ask for labels in {}`,
    at,
  );
}
