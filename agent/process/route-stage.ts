import type { LineTest } from '../logql/line-test.ts';
import type { Entry } from './entry.ts';
import type { Stage } from './stage.ts';

/** What a rule says of the lines that it is for, to one output. */
export interface LineRoute {
  /** Null: all lines. */
  readonly filter: LineTest | null;
  /** They go to the output. */
  readonly isHere: boolean;
  /** Null: they go as the output's own. */
  readonly tenant: string | null;
}

/** Lets those entries pass that go to an output, and says as which tenant they do, unless a stage has; the first rule that is for one holds. */
export class RouteStage implements Stage {
  readonly #routes: readonly LineRoute[];
  readonly #onElsewhere: () => void;

  /** `onElsewhere`: hears of each entry that does not go to the output. */
  constructor(routes: readonly LineRoute[], onElsewhere: () => void) {
    this.#routes = routes;
    this.#onElsewhere = onElsewhere;
  }

  apply(entry: Entry): boolean {
    for (const { filter, isHere, tenant } of this.#routes) {
      if (filter !== null && !filter(entry)) continue;
      if (isHere) entry.tenant ??= tenant;
      else this.#onElsewhere();
      return isHere;
    }
    return true;
  }
}
