import type { Entry } from './entry.ts';
import type { Stage } from './stage.ts';

/** Stages of one channel each; null for a channel without any. */
export class ChannelStages implements Stage {
  readonly #byChannel: readonly (Stage | null)[];

  constructor(byChannel: readonly (Stage | null)[]) {
    this.#byChannel = byChannel;
  }

  apply(entry: Entry): boolean {
    return this.#byChannel[entry.view.channel]?.apply(entry) ?? true;
  }
}
