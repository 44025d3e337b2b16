import { eventDigest } from '../audit/event-digest.ts';
import type { SeenEvents } from '../audit/seen-events.ts';
import type { RecordView } from '../model/record.ts';
import type { LokiRoute } from '../outputs/loki/encode-push.ts';
import type { Processing } from '../pipeline/processing.ts';

/** Leaves out what the decoder says is not wanted, and events that came before by another way. */
export class AuditProcessing implements Processing<LokiRoute> {
  readonly lineValues = {};
  readonly memory = null;
  readonly needles = null;
  readonly #decoder: { readonly isWanted: boolean };
  readonly #seen: SeenEvents | null;
  readonly #routes: readonly LokiRoute[];

  /** `seen`: null: every event comes one way only. `routes`: one for each stage of audit. */
  constructor(decoder: { readonly isWanted: boolean }, seen: SeenEvents | null, routes: readonly LokiRoute[]) {
    this.#decoder = decoder;
    this.#seen = seen;
    this.#routes = routes;
  }

  reads(): void {}

  apply(view: RecordView): LokiRoute | null {
    return this.#decoder.isWanted && this.#isFirst(view) ? this.#routes[view.channel]! : null;
  }

  /**
   * An entry that is let pass is taken by the lane, or refused and accounted for, before anything else happens: room for it was
   * found before it was decoded. So it may be added here.
   */
  #isFirst({ buffer, start, end, seconds, nanos }: RecordView): boolean {
    if (this.#seen === null) return true;
    const digest = eventDigest(buffer.subarray(start, end), seconds, nanos);
    if (this.#seen.has(digest)) return false;
    this.#seen.add(digest);
    return true;
  }
}
