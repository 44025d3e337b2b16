/** As much of a stage as it takes to say whether lines can be joined where it stands. */
interface PlacedStage {
  readonly multiline?: object;
}

/** What may stand before lines are joined: nothing that sees, changes or leaves out one of them. */
const BEFORE: ReadonlySet<string> = new Set(['cri', 'docker']);

interface Misplaced {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Stages that would have to join lines of which others have made something already. */
export function misplacedMultiline(stages: readonly PlacedStage[]): Misplaced[] {
  return stages.flatMap((stage, index): Misplaced[] => {
    if (stage.multiline === undefined) return [];
    const before = stages.slice(0, index).flatMap((stage) => Object.keys(stage));
    const first = before.find((name) => !BEFORE.has(name));
    if (first === undefined) return [];
    const message =
      first === 'multiline'
        ? 'lines are joined once, remove one of the two'
        : `lines are joined before anything else, put it before ${first}`;
    return [{ path: [index, 'multiline'], message }];
  });
}
