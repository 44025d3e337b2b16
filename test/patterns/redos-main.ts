import { createEngines } from '../../agent/patterns/linear-engine.ts';
import { byteTextOf } from '../../agent/patterns/byte-text.ts';
import { parsePattern } from '../../agent/patterns/parse-pattern.ts';
import { Pattern } from '../../agent/patterns/pattern.ts';
import { translatePattern } from '../../agent/patterns/translate-pattern.ts';
import { CATASTROPHES } from './catastrophic-patterns.ts';

const LINE_BYTES = 131_072;
/** The longest that V8's usual engine is asked for. */
const SHORT_BYTES = 2048;
const ROUNDS = 2;

/** The least of some times that a match takes, in milliseconds. */
function timed(match: () => void): number {
  const times = Array.from({ length: ROUNDS }, () => {
    const start = process.hrtime.bigint();
    match();
    return Number(process.hrtime.bigint() - start) / 1e6;
  });
  return Math.min(...times);
}

// V8 keeps expressions, and gives out one that was made before it was told to guard them.
const unguarded = CATASTROPHES.map(({ pattern }) => new RegExp(translatePattern(parsePattern(pattern)).source, 'g'));

const harmless = createEngines('no such text', false).linear;
const plain = 'x'.repeat(LINE_BYTES);
const harmlessMs = timed(() => {
  harmless.lastIndex = 0;
  harmless.test(plain);
});
for (const { pattern, repeated, end } of CATASTROPHES) {
  const compiled = new Pattern(pattern);
  const long = byteTextOf(repeated.repeat(LINE_BYTES / repeated.length) + end);
  const short = long.slice(-SHORT_BYTES);
  const longMs = timed(() => compiled.exec(long));
  const shortMs = timed(() => {
    for (let line = 0; line < LINE_BYTES / SHORT_BYTES; line += 1) compiled.exec(short);
  });
  process.stdout.write(`${JSON.stringify({ pattern, long: longMs / harmlessMs, short: shortMs / harmlessMs })}\n`);
}
if (unguarded.length === 0) throw new Error('nothing was made before');
