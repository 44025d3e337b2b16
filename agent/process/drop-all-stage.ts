import type { Stage } from './stage.ts';

/** Leaves out every entry that comes to it, for one reason. */
export class DropAllStage implements Stage {
  readonly #reason: string;
  readonly #countFiltered: (reason: string) => void;

  constructor(reason: string, countFiltered: (reason: string) => void) {
    this.#reason = reason;
    this.#countFiltered = countFiltered;
  }

  apply(): false {
    this.#countFiltered(this.#reason);
    return false;
  }
}
