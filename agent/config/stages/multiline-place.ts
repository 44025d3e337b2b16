import { isFault } from '../../logql/fault.ts';
import { parseLogSelector } from '../../logql/parse-log-selector.ts';
import { compilePattern } from '../../patterns/pattern.ts';

/** As much of a stage as it takes to say whether lines can be joined where it stands. */
interface PlacedStage {
  readonly multiline?: object;
  readonly match?: { readonly selector: string; readonly stages: readonly PlacedStage[] };
}

/** What may stand before lines are joined: nothing that sees, changes or leaves out one of them. */
const BEFORE: ReadonlySet<string> = new Set(['cri', 'docker']);
/** Before lines of some sources are joined, also what is for others. */
const BEFORE_MATCH: ReadonlySet<string> = new Set([...BEFORE, 'match']);

interface Misplaced {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Stages, sound each for itself, that would have to join lines of which others have made something already, or which they may not see. */
export function misplacedMultiline(stages: readonly PlacedStage[]): Misplaced[] {
  return stages.flatMap((stage, index): Misplaced[] => {
    const names = stages.slice(0, index).flatMap((before) => Object.keys(before));
    if (stage.multiline !== undefined) return behind(names, BEFORE).map((message) => ({ path: [index, 'multiline'], message }));
    if (stage.match === undefined || !joinsLines(stage.match.stages)) return [];
    const { selector, stages: inner } = stage.match;
    const at = [index, 'match'];
    return [
      ...behind(names, BEFORE_MATCH).map((message) => ({ path: at, message })),
      ...(looksAtLines(selector)
        ? [{ path: [...at, 'selector'], message: 'looks at single lines, which multiline joins: leave the line filters out' }]
        : []),
      ...misplacedMultiline(inner).map(({ path, message }) => ({ path: [...at, 'stages', ...path], message })),
    ];
  });
}

/** What is wrong with joining lines behind these stages. */
function behind(names: readonly string[], allowed: ReadonlySet<string>): string[] {
  const first = names.find((name) => !allowed.has(name));
  if (first === undefined) return [];
  return [
    first === 'multiline'
      ? 'lines are joined once, remove one of the two'
      : `lines are joined before anything else, put it before ${first}`,
  ];
}

function joinsLines(stages: readonly PlacedStage[]): boolean {
  return stages.some(({ multiline, match }) => multiline !== undefined || (match !== undefined && joinsLines(match.stages)));
}

function looksAtLines(selector: string): boolean {
  const parsed = parseLogSelector(selector, compilePattern);
  return !isFault(parsed) && parsed.filter !== null;
}
