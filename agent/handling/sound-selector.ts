import assert from 'node:assert';
import { isFault } from '../logql/fault.ts';
import { type LogSelector, parseLogSelector } from '../logql/parse-log-selector.ts';
import { compilePattern } from '../patterns/pattern.ts';

/** What a selector means that the configuration's schema has found sound. */
export function soundSelector(source: string): LogSelector {
  const selector = parseLogSelector(source, compilePattern);
  assert(!isFault(selector));
  return selector;
}
