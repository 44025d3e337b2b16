/** Ratios of speeds that a run has found, by their names, as `logferry/limit`. */
export type Ratios = Readonly<Record<string, number>>;

/** What a machine with other work to do takes from a ratio is far less. */
const WORST_SHARE = 0.5;

/** A sentence for each ratio that is worse than half of the recorded one; a ratio that one of the two lacks says nothing. */
export function grossRegressions(measured: Ratios, recorded: Ratios): string[] {
  return Object.entries(recorded)
    .filter(([name, ratio]) => (measured[name] ?? Infinity) < ratio * WORST_SHARE)
    .map(([name, ratio]) => `${name} is ${measured[name]!.toFixed(2)}, less than half of the recorded ${ratio.toFixed(2)}`);
}
