import type { LineTest } from '../logql/line-test.ts';
import type { Entry } from './entry.ts';
import type { Stage } from './stage.ts';

/** A label that stages before may have changed. */
interface SlotMatcher {
  readonly slot: number;
  /** A label that is not there has the value ''. */
  matches(value: string): boolean;
}

interface Meant {
  /** By channel, whether its entries match in all labels that no stage before this one changes. */
  readonly channels: readonly boolean[];
  readonly matchers: readonly SlotMatcher[];
  /** Null: every line. */
  readonly filter: LineTest | null;
}

/** Puts the entries that are meant through a stage; others go on as they are. */
export class MatchStage implements Stage {
  readonly needles?: readonly Buffer[];
  readonly #meant: Meant;
  readonly #stage: Stage;

  constructor(meant: Meant, stage: Stage) {
    this.#meant = meant;
    this.#stage = stage;
    const needle = meant.filter?.needle;
    const needles = needle === undefined ? stage.needles : [needle];
    if (needles !== undefined) this.needles = needles;
  }

  apply(entry: Entry): boolean {
    return !this.#isMeant(entry) || this.#stage.apply(entry);
  }

  #isMeant(entry: Entry): boolean {
    const { channels, matchers, filter } = this.#meant;
    if (channels[entry.view.channel] !== true) return false;
    for (const matcher of matchers) if (!matcher.matches(entry.labels[matcher.slot] ?? '')) return false;
    return filter === null || filter(entry);
  }
}
