import type { AssembledOutput, Counted, Surroundings } from './assemble-output.ts';
import type { Checkpoints } from '../checkpoint/checkpoint-document.ts';
import type { Config } from '../config/schema.ts';
import type { Source } from '../model/source.ts';
import type { PlannedPart } from './plan-parts.ts';
import type { ConfigChanges } from '../reload/config-changes.ts';
import { aborted } from '../runtime/aborted.ts';
import type { Clock } from '../runtime/clock.ts';
import { RunningPart } from './running-part.ts';

/** A part that is built anew is not read for so long at most, though draining may take longer: files are rotated meanwhile. */
const MOST_PAUSE_MS = 30_000;

type Positions = Checkpoints['outputs'][string];

/** What a changed configuration makes of the outputs. */
export interface OutputChanges {
  readonly plans: readonly PlannedPart[];
  readonly changes: Pick<ConfigChanges, 'handling' | 'outputs'>;
  readonly surroundings: Surroundings;
}

/** All outputs with all that is on the way to them, while they run and while they change. */
export class RunningOutputs implements AsyncDisposable {
  readonly #clock: Clock;
  readonly #parts = new Map<string, RunningPart>();
  /** Parts that shall take the place of running ones as soon as that takes nothing away. */
  readonly #deferred = new Map<string, PlannedPart>();
  readonly #failed = Promise.withResolvers<never>();
  #config: Config;
  /** Of the last scan; null before the first. */
  #sources: readonly Source[] | null = null;
  /** Null: nothing is read yet. */
  #stop: AbortSignal | null = null;

  constructor(plans: readonly PlannedPart[], positions: Checkpoints['outputs'], parts: { config: Config; clock: Clock }) {
    this.#clock = parts.clock;
    this.#config = parts.config;
    // Whoever races for it hears of it; nobody may be there to do so when an agent stops.
    this.#failed.promise.catch(() => undefined);
    for (const plan of plans) this.#parts.set(plan.name, new RunningPart(plan.assemble(positions[plan.name] ?? {})));
  }

  get all(): readonly AssembledOutput[] {
    return [...this.#parts.values()].map(({ assembled }) => assembled);
  }

  /** Names of those that run as they did before a change, since files are held for them or their store takes nothing. */
  get deferred(): readonly string[] {
    return [...this.#deferred.keys()];
  }

  /** The positions to write down now. */
  get positions(): Checkpoints['outputs'] {
    return Object.fromEntries(this.all.map(({ name, pipeline }) => [name, pipeline.checkpoint()]));
  }

  /** The container logs of the last scan. */
  get sources(): readonly Source[] {
    return this.#sources ?? [];
  }

  /** Takes the list of container logs on disk. */
  update(sources: readonly Source[]): void {
    this.#sources = sources;
    for (const { update } of this.all) update(sources);
  }

  /** Reads and sends until `stop` aborts; resolves when no read is under way any more. */
  async run(stop: AbortSignal): Promise<void> {
    this.#stop = stop;
    for (const part of this.#parts.values()) this.#begin(part);
    await Promise.race([aborted(stop), this.#failed.promise]);
    await Promise.all([...this.#parts.values()].map((part) => part.pause()));
  }

  #begin(part: RunningPart): void {
    part.start();
    this.#read(part);
  }

  #read(part: RunningPart): void {
    if (this.#stop?.aborted === false) part.read(this.#failed.reject);
  }

  /** Waits until all that was read is settled, no longer than `drainMs`. */
  async drain(drainMs: number): Promise<void> {
    await this.#drain([...this.#parts.values()], drainMs, new AbortController().signal);
  }

  async #drain(parts: readonly RunningPart[], drainMs: number, stop: AbortSignal): Promise<void> {
    const settled = new AbortController();
    const deadline = new AbortController();
    const over = AbortSignal.any([stop, settled.signal]);
    const timer = this.#clock.sleep(drainMs, over).then(() => deadline.abort());
    await Promise.all(parts.map(({ assembled }) => assembled.lanes.drain(deadline.signal)));
    settled.abort();
    await timer;
  }

  /** Brings a changed configuration to the outputs: those that it does not change go on as they are. No position moves. */
  async change({ plans, changes, surroundings }: OutputChanges): Promise<void> {
    const { handling, outputs } = changes;
    this.#config = surroundings.config;
    const wanted = new Map(plans.map((plan) => [plan.name, plan]));
    for (const [name, { assembled }] of this.#parts) {
      const plan = wanted.get(name);
      if (plan === undefined) continue;
      if (outputs.redirected.includes(plan.written.name)) assembled.redirect(plan.written);
      if (handling) assembled.rehandle(surroundings);
      assembled.share(plan.memory, surroundings.config);
      if (outputs.rebuilt.includes(plan.written.name) || this.#deferred.has(name)) this.#deferred.set(name, plan);
    }
    const removed = [...this.#parts.keys()].filter((name) => !wanted.has(name));
    await Promise.all([...removed.map((name) => this.#remove(name)), this.goOn()]);
    for (const plan of plans) if (!this.#parts.has(plan.name)) this.#add(plan, {});
  }

  /** Rebuilds what was put off, as far as that can be done now. */
  async goOn(): Promise<void> {
    await Promise.all([...this.#deferred].map(([name, plan]) => this.#rebuild(name, plan)));
  }

  #add(plan: PlannedPart, positions: Positions, counted?: Counted): void {
    const part = new RunningPart(plan.assemble(positions, counted));
    this.#parts.set(plan.name, part);
    if (this.#sources !== null) part.assembled.update(this.#sources);
    this.#begin(part);
  }

  async #remove(name: string): Promise<void> {
    this.#deferred.delete(name);
    const part = this.#parts.get(name)!;
    await part.pause();
    await this.#drainForChange(part);
    this.#parts.delete(name);
    part.assembled.pipeline.close();
    await part[Symbol.asyncDispose]();
  }

  async #drainForChange(part: RunningPart): Promise<void> {
    await this.#drain([part], Math.min(this.#config.limits.drain_seconds * 1000, MOST_PAUSE_MS), this.#stop!);
  }

  /**
   * A part goes on as it is while closing its files would take something away, or the store answers and has not answered all. Where it does
   * not answer, what is not settled is read again.
   */
  async #rebuild(name: string, plan: PlannedPart): Promise<void> {
    const part = this.#parts.get(name)!;
    const { pipeline, lanes, counters, totals } = part.assembled;
    if (pipeline.deletedBytes > 0) return;
    const isAnswering = lanes.states.every(({ state }) => state === 'reachable' || state === 'untried');
    if (!isAnswering && !pipeline.mayReopen) return;
    await part.pause();
    if (isAnswering) await this.#drainForChange(part);
    if (!pipeline.mayReopen || (isAnswering && pipeline.awaitsAnswers)) return this.#read(part);
    const positions = pipeline.checkpoint();
    this.#deferred.delete(name);
    this.#add(plan, positions, { counters, totals });
    pipeline.close();
    await part[Symbol.asyncDispose]();
  }

  /** Closes all files; only after `run` has resolved. */
  close(): void {
    for (const { pipeline } of this.all) pipeline.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#parts.values()].map((part) => part[Symbol.asyncDispose]()));
  }
}
