import type { WrapStage } from '../handling/build-stages.ts';
import type { Entry } from '../process/entry.ts';
import { rfc3339Nano } from '../runtime/civil-time.ts';

/** What one stage did to one entry. */
export interface StageStep {
  readonly stage: string;
  /** How many stages it stands in. */
  readonly depth: number;
  /** `line`, `time`, `tenant`, `extracted NAME`, `label NAME` or `metadata NAME`; the value as it is now, null: gone. */
  readonly changes: readonly (readonly [what: string, value: string | null])[];
  readonly goesOn: boolean;
}

/** Notes what stages do to the entry at hand. */
export class StageTrace {
  #steps: StageStep[] = [];
  #depth = 0;

  /** To be put around every stage. */
  readonly wrap: WrapStage = (stage, name, { extracted, labels }) => ({
    apply: (entry) => {
      const look = (): Map<string, string> => said(entry, extracted.list, labels.list);
      const before = look();
      const depth = this.#depth;
      this.#depth += 1;
      const goesOn = stage.apply(entry);
      this.#depth = depth;
      this.#steps.push({ stage: name, depth, changes: changesOf(before, look()), goesOn });
      return goesOn;
    },
  });

  /** The steps since the last call; a stage comes after those in it. */
  take(): readonly StageStep[] {
    const steps = this.#steps;
    this.#steps = [];
    return steps;
  }
}

function said(entry: Entry, extracted: readonly string[], labels: readonly string[]): Map<string, string> {
  const { view, tenant } = entry;
  const all = new Map([
    ['line', view.buffer.toString('utf8', view.start, view.end)],
    ['time', rfc3339Nano([view.seconds, view.nanos])],
  ]);
  if (tenant !== null) all.set('tenant', tenant);
  for (const [slot, name] of extracted.entries()) setPresent(all, `extracted ${name}`, entry.extracted[slot]);
  for (const [slot, name] of labels.entries()) setPresent(all, `label ${name}`, entry.labels[slot]);
  for (const [name, value] of view.metadata ?? []) all.set(`metadata ${name}`, value);
  return all;
}

function setPresent(all: Map<string, string>, what: string, value: string | null | undefined): void {
  if (value !== null && value !== undefined) all.set(what, value);
}

function changesOf(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): [string, string | null][] {
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names].filter((name) => before.get(name) !== after.get(name)).map((name) => [name, after.get(name) ?? null]);
}
