import type { Lane, LaneOptions } from '../../agent/deliver/lane.ts';
import { LaneSet } from '../../agent/deliver/lane-set.ts';
import { SharedBudget } from '../../agent/deliver/shared-budget.ts';
import type { Verdict } from '../../agent/model/verdict.ts';
import { ByteBudget } from '../../agent/runtime/byte-budget.ts';
import { Wakeup } from '../../agent/runtime/wakeup.ts';
import { FakeClock } from './fake-clock.ts';
import { LaneBench } from './lane-bench.ts';
import { MemoryOutput, type MemoryRequest, type MemoryRoute, retry, STORED } from './memory-output.ts';

export interface LaneSetSetup {
  /** What the store says to a tenant; absent: it takes everything. */
  readonly verdict?: (tenant: string | null, request: MemoryRequest) => Verdict | Promise<Verdict>;
  readonly most?: number;
  readonly budgetBytes?: number;
  readonly lane?: Partial<LaneOptions>;
}

/** The lanes of one output, whose own tenant is `own`, each with an output in memory; all tenants but `foreign` are allowed. */
export class LaneSetBench implements AsyncDisposable {
  readonly clock: FakeClock = new FakeClock();
  readonly budget: ByteBudget;
  readonly lanes: LaneSet<MemoryRoute>;
  readonly fallbacks: string[] = [];
  /** What open sources send to. */
  readonly inUse: Set<Lane<MemoryRoute>> = new Set();
  readonly #benches = new Map<Lane<MemoryRoute>, LaneBench>();

  constructor({ verdict = () => STORED, most = 10, budgetBytes = 10_000, lane = {} }: LaneSetSetup = {}) {
    const { clock } = this;
    this.budget = new ByteBudget(budgetBytes, new Wakeup());
    const shared = new SharedBudget(this.budget, { lanes: most, sealingBytes: 100 });
    this.lanes = new LaneSet({
      make: (tenant) => {
        const output = new MemoryOutput((request) => verdict(tenant, request));
        const bench = new LaneBench(output, { ...lane, clock, budget: shared.lane(), isStarted: false });
        this.#benches.set(bench.lane, bench);
        return bench.lane;
      },
      own: 'own',
      allows: (tenant) => tenant !== 'foreign',
      most,
      inUse: () => this.inUse,
      onFallback: (tenant, why) => void this.fallbacks.push(`${tenant} ${why}`),
    });
    this.lanes.start();
  }

  /** The lane of a tenant, null for those of whom nobody says one. */
  laneOf(tenant: string | null): Lane<MemoryRoute> {
    return this.lanes.all.get(this.lanes.tenantFor(tenant))!;
  }

  /** The bench of that. */
  of(tenant: string | null): LaneBench {
    return this.#benches.get(this.laneOf(tenant))!;
  }

  /** Appends equal lines for a tenant until its lane is full; returns how many, no more than `most`. */
  fill(tenant: string, line: string, most: number = Number.POSITIVE_INFINITY): number {
    const bench = this.of(tenant);
    let lines = 0;
    for (; !bench.lane.full && lines < most; lines += 1) bench.append(`${tenant} ${lines}`, line);
    return lines;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.lanes[Symbol.asyncDispose]();
  }
}

/** The answer of a store that gives none until the request is called off. */
export function never({ signal }: Pick<MemoryRequest, 'signal'>): Promise<Verdict> {
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(retry())));
}
