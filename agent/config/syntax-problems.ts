import { inFileOrder, type Problem, placeAt } from './problem.ts';
import type { YamlFault } from './yaml.ts';

/** A file that is no YAML at all has as many faults as lines. */
const MAX_SYNTAX_PROBLEMS = 10;

/** What is wrong with a file that is no YAML, one problem per line: after a slip the parser stumbles over the rest of the line as well. */
export function syntaxProblems(file: string, text: string, faults: readonly YamlFault[]): Problem[] {
  const byLine = new Map<number, Problem>();
  for (const { offset, message } of faults) {
    if (byLine.size === MAX_SYNTAX_PROBLEMS) break;
    const place = placeAt(text, offset);
    if (!byLine.has(place.line)) byLine.set(place.line, { file, place, key: '', message: `not valid YAML: ${message}` });
  }
  return inFileOrder([...byLine.values()]);
}
