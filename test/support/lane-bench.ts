import { Lane, type LaneObserver, type LaneOptions } from '../../agent/deliver/lane.ts';
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
};

/** A lane on a memory output, its clock and budget, and what its observer was told. */
export class LaneBench {
  readonly clock: FakeClock;
  readonly budget: ByteBudget;
  readonly lane: Lane<MemoryRoute>;
  readonly refusedLines: string[] = [];
  readonly delaysMs: number[] = [];
  misconfigured = 0;
  storedEntries = 0;
  /** Lines in the order in which they were settled. */
  readonly settled: string[] = [];
  readonly #output: MemoryOutput;
  readonly #routes = new Map<string, MemoryRoute>();

  constructor(output: MemoryOutput, options: Partial<LaneOptions & { budgetBytes: number } & FakeClockOptions> = {}) {
    this.clock = new FakeClock(options);
    this.budget = new ByteBudget(options.budgetBytes ?? 10_000, new Wakeup());
    this.#output = output;
    this.lane = new Lane({
      output,
      budget: this.budget,
      clock: this.clock,
      observer: this.#observer(),
      options: { ...OPTIONS, ...options },
    });
    this.lane.start();
  }

  #observer(): LaneObserver {
    return {
      settled: () => undefined,
      stored: (entries) => void (this.storedEntries += entries),
      retrying: (_reason, _detail, delayMs) => void this.delaysMs.push(delayMs),
      misconfigured: () => void (this.misconfigured += 1),
      refused: async (_reason, _detail, entries) => void this.refusedLines.push(...entries.map(({ line }) => line.toString())),
    };
  }

  append(stream: string, line: string): void {
    const route = this.#routes.get(stream) ?? this.#output.route({ labels: { name: stream }, metadata: [] });
    this.#routes.set(stream, route);
    this.lane.append(route, lineView(line));
    this.lane.batch.onSettled(() => this.settled.push(line));
  }
}
