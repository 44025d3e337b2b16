import { join } from 'node:path';
import type { Contestant } from '../contestants/contestant.ts';
import { logferry } from '../contestants/logferry.ts';
import { type ContainerGroup, type LogTree, logTree } from '../corpus/log-tree.ts';
import { contest, type ContestOptions, type Result } from '../measure/contest.ts';
import { contestReport } from '../measure/contest-report.ts';

export interface BenchSettings {
  /** Corpora of today and what contestants write. */
  readonly directory: string;
  /** The time of the first records: as late as they can be, since a store refuses what is a week old. */
  readonly startMs: number;
  readonly contestants: readonly Contestant[];
  readonly runs: number;
  /** Of the usual amounts and durations. */
  readonly scale: number;
  /** Of Node's own, for logferry; absent: none. */
  readonly nodeOptions?: readonly string[];
}

/** What a scenario works with. */
export class Bench {
  readonly scratch: string;
  readonly contestants: readonly Contestant[];
  readonly runs: number;
  readonly scale: number;
  readonly #directory: string;
  readonly #startMs: number;
  readonly #nodeOptions: readonly string[];

  constructor({ directory, startMs, contestants, runs, scale, nodeOptions = [] }: BenchSettings) {
    this.scratch = join(directory, 'work');
    this.contestants = contestants;
    this.runs = runs;
    this.scale = scale;
    this.#directory = directory;
    this.#startMs = startMs;
    this.#nodeOptions = nodeOptions;
  }

  get logferry(): Contestant[] {
    return this.contestants.filter(({ name }) => name === 'logferry');
  }

  /** logferry alone, with keys of a configuration of its own. */
  agent(config: Readonly<Record<string, unknown>>): Contestant {
    return logferry('logferry', { config, nodeOptions: this.#nodeOptions });
  }

  /** A tree of that name, which later calls find again: equal names are equal contents. `bytesEach` is scaled. */
  tree(name: string, groups: readonly ContainerGroup[]): LogTree {
    const scaled = groups.map((group) => ({ ...group, bytesEach: group.bytesEach * this.scale }));
    return logTree(join(this.#directory, 'corpora', `${name}-${this.scale}`), scaled, this.#startMs);
  }

  get contestOptions(): ContestOptions {
    const { logDir } = logTree(join(this.#directory, 'corpora', 'empty'), [], this.#startMs);
    return { runs: this.runs, scratch: this.scratch, emptyLogDir: logDir };
  }

  /** All contestants, or `contestants`, over a tree; prints the table. */
  async contest(title: string, tree: LogTree, contestants: readonly Contestant[] = this.contestants): Promise<Result[]> {
    const results = await contest(contestants, tree, this.contestOptions);
    const size = this.scale === 1 ? '' : `, at ${this.scale} of that`;
    console.log(`\n${title}${size}: ${tree.entries} lines, ${(tree.bytes / 1e6).toFixed(0)} MB, ${this.runs} runs in turns`);
    console.log(contestReport(results, tree));
    return results;
  }
}

export interface Scenario {
  readonly name: string;
  readonly summary: string;
  run(bench: Bench): Promise<void>;
}
