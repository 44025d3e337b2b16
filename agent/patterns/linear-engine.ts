import { setFlagsFromString } from 'node:v8';
import { PatternFault } from './pattern-fault.ts';

/** After so many steps back V8's usual engine gives a text over to the linear one. */
const MOST_BACKTRACKS = 1000;

const V8_FLAGS = [
  '--enable-experimental-regexp-engine',
  '--enable-experimental-regexp-engine-on-excessive-backtracks',
  `--regexp-backtracks-before-fallback=${MOST_BACKTRACKS}`,
];

/**
 * An expression reads these when it is made, and V8 gives one that was made before to whoever makes the same again: no other code
 * begins one so.
 */
const OWN = '(?:)';

/** `g` and what V8 calls linear. */
const LINEAR = 'gl';

/** One expression for both of V8's engines. */
export interface Engines {
  /**
   * Compiled to machine code; with a guard against going back too often, but not against going forward from every place of a text. Null
   * where it is not wanted.
   */
  readonly usual: RegExp | null;
  /** Takes time in proportion to the text times the pattern, whatever these are. */
  readonly linear: RegExp;
}

/** Beyond it a text is matched by the linear engine at once: with the usual one an attempt at each place of it may go to its end. */
const MOST_USUAL_BYTES = 2048;

/** The one for a text. */
export function engineFor(byteText: string, { usual, linear }: Engines): RegExp {
  return usual !== null && byteText.length <= MOST_USUAL_BYTES ? usual : linear;
}

/**
 * Makes V8's expressions (v8.dev/blog/non-backtracking-regexp); both are global, so `lastIndex` says where they begin. Throws
 * `PatternFault` for what V8 cannot do in linear time or finds too large.
 */
export function createEngines(source: string, wantsUsual: boolean): Engines {
  for (const flag of V8_FLAGS) setFlagsFromString(flag);
  try {
    const engines = { usual: wantsUsual ? new RegExp(OWN + source, 'g') : null, linear: new RegExp(OWN + source, LINEAR) };
    // What is too large is told when it is first used.
    engines.usual?.test('');
    engines.linear.test('');
    return engines;
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
    throw new PatternFault(`cannot be done in linear time (${error.message}), write a simpler one`);
  }
}
