import { type LogSelector, parseLogSelector } from '../logql/parse-log-selector.ts';
import { compilePattern } from '../patterns/pattern.ts';
import { sound } from './sound.ts';

/** What a selector means that the configuration's schema has found sound. */
export function soundSelector(source: string): LogSelector {
  return sound(parseLogSelector(source, compilePattern));
}
