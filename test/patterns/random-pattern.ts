import * as fc from 'fast-check';

const CHARACTERS = ['a', 'b', 'k', 'S', '7', ' ', '_', 'é', 'σ', '日', '😀', '\\.', '\\n', '\\x61', '\\x{e9}', '\\Qa.\\E', '-', 'ab', 'aa'];
const SETS = [
  '.',
  '[ab]',
  '[^a]',
  '[^é]',
  '[a-k]',
  '[é日]',
  '\\d',
  '\\w',
  '\\S',
  '\\s',
  '[^\\n]',
  '[[:alpha:]]',
  '[\\W7]',
  '\\p{Greek}',
  '[^\\p{Greek}a]',
];
const PLACES = ['^', '$', '\\b', '\\A', '\\z'];
const FLAGS = ['(?i)', '(?s)', '(?U)', '(?-i)'];
const REPEATS = ['*', '+', '?', '*?', '+?', '??', '{2}', '{0,2}', '{1,3}?', '{2,}', '{0}'];

/** Patterns in Go's syntax. */
export const anyPattern: fc.Arbitrary<string> = fc.letrec<{ pattern: string }>((tie) => {
  const atom = fc.oneof(
    { arbitrary: fc.constantFrom(...CHARACTERS), weight: 6 },
    { arbitrary: fc.constantFrom(...SETS), weight: 4 },
    { arbitrary: fc.constantFrom(...PLACES), weight: 1 },
    { arbitrary: fc.constantFrom(...FLAGS), weight: 1 },
  );
  const group = fc.tuple(fc.constantFrom('(', '(?:', '(?i:', '(?s:'), tie('pattern')).map(([open, body]) => `${open}${body})`);
  const repeat = fc
    .tuple(fc.oneof(fc.constantFrom(...CHARACTERS, ...SETS), group), fc.constantFrom(...REPEATS))
    .map(([body, repeat]) => body + repeat);
  const sequence = fc.array(fc.oneof({ arbitrary: atom, weight: 3 }, { arbitrary: repeat, weight: 3 }, { arbitrary: group, weight: 1 }), {
    maxLength: 4,
  });
  const pattern = fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { arbitrary: sequence.map((parts) => parts.join('')), weight: 3 },
    { arbitrary: fc.tuple(tie('pattern'), tie('pattern')).map((branches) => branches.join('|')), weight: 1 },
  );
  return { pattern };
}).pattern;

/** Texts of what the patterns ask for, and of what is like it. */
export const anyText: fc.Arbitrary<string> = fc
  .array(fc.constantFrom('a', 'b', 'k', 'K', '\u212a', 's', 'ſ', '7', ' ', '_', 'é', 'É', 'σ', 'ς', '日', '😀', '\n', '.', '-', 'A'), {
    maxLength: 10,
  })
  .map((characters) => characters.join(''));
