import assert from 'node:assert';
import type { Route } from '../deliver/output.ts';
import type { Attribution } from '../model/attribution.ts';
import { type ChannelMultiline, UNJOINED } from '../model/multiline.ts';
import type { ResumePoint } from '../model/position.ts';
import { type Channel, CHANNELS, type RecordView, type SourceChannel } from '../model/record.ts';
import type { Processing } from './processing.ts';
import { remembering } from './remembering.ts';

export interface FoundRoutes<R extends Route> {
  /** One for each channel that the source has. */
  readonly byChannel: readonly R[];
  /** Where what is said about gaps goes; absent: behind the entry before them. */
  readonly gaps?: SourceChannel;
  /** They hold for as long as the source is open; others serve until these are found. */
  readonly final: boolean;
  /** The channel of which nothing is wanted; null or absent: both are. */
  readonly muted?: Channel | null;
  /** What is done with entries before; null or absent: nothing. */
  readonly processing?: Processing<R> | null;
  /** How lines are joined before anything is done with them; null or absent: not at all. */
  readonly multiline?: ChannelMultiline | null;
  /** What they are made of, for the next run; null or absent: nothing that it should know. */
  readonly attribution?: Attribution | null;
}

/** Where the entries of one source go, once it is known whose they are. */
export class SourceRoutes<R extends Route> {
  #look: () => FoundRoutes<R> | null;
  #found: FoundRoutes<R> | null = null;
  /** By channel, what stages kept before these routes were found. */
  #kept: readonly (readonly number[])[] = [];
  #outdated = false;
  /** What stages have kept is of no use to those that are found next. */
  #forgets = false;

  /** `look` is asked until it says what is final; null: nothing new. */
  constructor(look: () => FoundRoutes<R> | null) {
    this.#look = look;
  }

  get known(): boolean {
    return this.#found !== null;
  }

  /** They are final no more: others are to be found that serve in their place. */
  get outdated(): boolean {
    return this.#outdated;
  }

  /**
   * Has them found anew, as `other` would be; until then they serve as they are. What stages have kept is of no use to others than
   * `isSameStages`.
   */
  renew(other: SourceRoutes<R>, isSameStages: boolean): void {
    this.#look = other.#look;
    this.#outdated = this.known;
    if (!isSameStages) this.#forgets = true;
  }

  /** Looks for them, unless they are final. Returns whether there are new ones. */
  find(): boolean {
    if (this.#found?.final === true && !this.#outdated) return false;
    const found = this.#look();
    if (found === null) return false;
    if (!this.#forgets) for (const channel of CHANNELS) found.processing?.memory?.restore(channel, this.#memory(channel, null));
    this.#forgets = false;
    this.#found = found;
    this.#outdated = false;
    return true;
  }

  /** The source resumes there: what its stages kept, they are to find again. */
  resumeAt(resume: ResumePoint): void {
    this.#kept = resume.map(({ state }) => state.memory ?? []);
  }

  /** With what stages keep; of the channel of the newest entry, where that is to come again, what that has found. */
  remembering(resume: ResumePoint, again: SourceChannel | null): ResumePoint {
    return remembering(resume, (channel) => this.#memory(channel, again));
  }

  #memory(channel: Channel, again: SourceChannel | null): readonly number[] {
    if (this.#found === null) return this.#kept[channel] ?? [];
    const memory = this.#found.processing?.memory ?? null;
    if (memory === null) return [];
    return channel === again ? memory.before(channel) : memory.now(channel);
  }

  get attribution(): Attribution | null {
    const { attribution = null, processing = null } = this.#found ?? {};
    return attribution === null || processing === null ? attribution : { ...attribution, lineValues: processing.lineValues };
  }

  get gaps(): SourceChannel | null {
    return this.#found?.gaps ?? null;
  }

  get muted(): Channel | null {
    return this.#found?.muted ?? null;
  }

  get processing(): Processing<R> | null {
    return this.#found?.processing ?? null;
  }

  get multiline(): ChannelMultiline {
    return this.#found?.multiline ?? UNJOINED;
  }

  /** How long a line may have to wait for those that it is joined with. */
  get joinWaitMs(): number {
    return Math.max(...this.multiline.map((multiline) => (multiline?.maxWaitSeconds ?? 0) * 1000));
  }

  /** Asked for with every line. */
  get byChannel(): readonly R[] {
    if (this.#found === null) assert.fail('nothing is sent of a source before it is known whose it is');
    return this.#found.byChannel;
  }

  /** Does with an entry what is to be done and says where it goes; null: it is left out. */
  route(view: RecordView): R | null {
    if (view.channel === this.muted) return null;
    const { processing } = this;
    return processing === null ? this.byChannel[view.channel]! : processing.apply(view);
  }
}
