/** What V8 writes with `--cpu-prof` (Profiler.Profile of the DevTools protocol); times are in microseconds. */
export interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

export interface SelfTime {
  readonly name: string;
  /** Of the time in which the process was not idle. */
  readonly share: number;
}

const COLLECTOR = '(garbage collector)';
const IDLE = '(idle)';

/** Where the time went, without what was called from there; most first. */
export function selfTimes({ nodes, samples, timeDeltas }: CpuProfile): SelfTime[] {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const microseconds = new Map<string, number>();
  for (const [index, node] of samples.entries()) {
    const name = names.get(node)!;
    if (name !== IDLE) microseconds.set(name, (microseconds.get(name) ?? 0) + timeDeltas[index]!);
  }
  const total = [...microseconds.values()].reduce((sum, time) => sum + time, 0);
  return [...microseconds].map(([name, time]) => ({ name, share: time / total })).sort((a, b) => b.share - a.share);
}

export function collectorShare(times: readonly SelfTime[]): number {
  return times.find(({ name }) => name === COLLECTOR)?.share ?? 0;
}

/** Lines count from 0 in profiles. */
function nameOf({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame']): string {
  const place = url === '' ? '' : ` ${url.split('/').at(-1)}:${lineNumber + 1}`;
  return `${functionName === '' ? '(anonymous)' : functionName}${place}`;
}
