import type { DeadLetter } from '../../agent/deliver/dead-letters.ts';
import { Lane, type LaneOptions } from '../../agent/deliver/lane.ts';
import type { LaneObserver } from '../../agent/deliver/lane-observer.ts';
import type { Origin } from '../../agent/deliver/origin.ts';
import type { LaneBudget } from '../../agent/deliver/shared-budget.ts';
import type { DropReason } from '../../agent/model/verdict.ts';
import { ByteBudget } from '../../agent/runtime/byte-budget.ts';
import { Wakeup } from '../../agent/runtime/wakeup.ts';
import { FakeClock, type FakeClockOptions } from './fake-clock.ts';
import { lineView, type MemoryOutput, type MemoryRoute } from './memory-output.ts';

const OPTIONS: LaneOptions = {
  batchBytes: 100,
  batchWaitMs: 1000,
  maxInFlight: 4,
  backoffMinMs: 500,
  backoffMaxMs: 30_000,
  headroomBytes: 200,
  confirm: 'batch',
  maxAgeSeconds: 0,
  maxFutureSeconds: 0,
  clockHoldSeconds: 0,
  maxLineBytes: 0,
  streamRateBytes: 0,
  streamBurstBytes: 0,
  laneRateBytes: 0,
  laneBurstBytes: 0,
};

interface BenchOptions {
  readonly budgetBytes: number;
  /** In place of a budget and a clock of its own, for lanes that have them in common. */
  readonly budget: LaneBudget;
  readonly clock: FakeClock;
  /** False: the test starts the lane. */
  readonly isStarted: boolean;
  /** Until it is settled, nothing is written to the dead letters. */
  readonly written: Promise<void>;
}

/** A source of a test: its bytes are those of its lines, each with a line feed. */
export interface BenchSource extends Origin {
  bytes: number;
  readonly drops: { readonly reason: DropReason; readonly bytes: number }[];
}

/** A lane on a memory output, its clock and budget, and what its observer and its sources were told. */
export class LaneBench {
  readonly clock: FakeClock;
  readonly budget: LaneBudget;
  readonly lane: Lane<MemoryRoute>;
  readonly letters: DeadLetter[] = [];
  readonly delaysMs: number[] = [];
  misconfigured = 0;
  storedEntries = 0;
  /** Lines in the order in which they were settled. */
  readonly settled: string[] = [];
  /** By stream. */
  readonly sources: Map<string, BenchSource> = new Map();
  readonly #output: MemoryOutput;
  readonly #routes = new Map<string, MemoryRoute>();

  constructor(output: MemoryOutput, options: Partial<LaneOptions & BenchOptions & FakeClockOptions> = {}) {
    this.clock = options.clock ?? new FakeClock(options);
    this.budget = options.budget ?? new ByteBudget(options.budgetBytes ?? 10_000, new Wakeup());
    this.#output = output;
    output.nowMs = () => this.clock.now();
    this.lane = new Lane({
      output,
      budget: this.budget,
      clock: this.clock,
      observer: this.#observer(options.written ?? Promise.resolve()),
      options: { ...OPTIONS, ...options },
    });
    if (options.isStarted !== false) this.lane.start();
  }

  #observer(written: Promise<void>): LaneObserver {
    return {
      settled: () => undefined,
      stored: (entries) => void (this.storedEntries += entries),
      retrying: (_reason, _detail, delayMs) => void this.delaysMs.push(delayMs),
      misconfigured: () => void (this.misconfigured += 1),
      refused: (letters) => written.then(() => void this.letters.push(...letters)),
    };
  }

  get refusedLines(): string[] {
    return this.letters.map(({ line }) => line.toString());
  }

  route(stream: string): MemoryRoute {
    const route = this.#routes.get(stream) ?? this.#output.route({ labels: { name: stream }, metadata: [] });
    this.#routes.set(stream, route);
    return route;
  }

  source(stream: string): BenchSource {
    const drops: BenchSource['drops'] = [];
    const source = this.sources.get(stream) ?? {
      bytes: 0,
      drops,
      dropped: (reason: DropReason, bytes: number) => void drops.push({ reason, bytes }),
      describe: (from: number) => ({ source: stream, file: `${stream}.log`, offset: from }),
    };
    this.sources.set(stream, source);
    return source;
  }

  /** Appends a line, or hands it to the dead letters where the lane does not admit it, as a pipeline does. */
  append(stream: string, line: string, seconds = 0): void {
    const route = this.route(stream);
    const origin = this.source(stream);
    const span = { origin, from: origin.bytes, bytes: line.length + 1 };
    origin.bytes += span.bytes;
    const view = lineView(line, seconds);
    const onSettled = (): void => void this.settled.push(line);
    const batch = this.lane.admit(route, view);
    if (typeof batch === 'string') return this.lane.refuse(route, view, span, { reason: batch, onSettled });
    this.lane.append(route, view, span);
    batch.onSettled(onSettled);
  }
}
