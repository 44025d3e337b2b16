import type { Contestant } from '../contestants/contestant.ts';
import type { LogTree } from '../corpus/log-tree.ts';
import { drain, startCost, type Drained } from './drain.ts';

export interface ContestOptions {
  readonly runs: number;
  readonly emptyLogDir: string;
  readonly scratch: string;
}

/** What one contestant did, run by run. */
export interface Result {
  readonly contestant: Contestant;
  readonly drained: Drained[];
}

/** All contestants ship the same tree, in turns, so that what else the machine does hits all of them. */
export async function contest(contestants: readonly Contestant[], tree: LogTree, options: ContestOptions): Promise<Result[]> {
  const entrants: (Result & { startSeconds: number })[] = [];
  for (const contestant of contestants) {
    const startSeconds = await startCost(contestant, options.emptyLogDir, options.scratch);
    entrants.push({ contestant, startSeconds, drained: [] });
  }
  for (let run = 0; run < options.runs; run += 1) {
    for (const { contestant, startSeconds, drained } of entrants)
      drained.push(await drain(contestant, tree, options.scratch, startSeconds));
  }
  return entrants;
}
