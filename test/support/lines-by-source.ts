const LOG_FILE = /(?<namespace>[^/_]+)_(?<pod>[^/_]+)_[^/_]+\/(?<container>[^/]+)\/(?<attempt>\d+)\.log/;
const NUMBERED = /^line (?<number>\d{9}) (?<filler>x*)$/;

/** Lines in order by the container instance that printed them: `namespace/pod/container/attempt`. */
export type LinesBySource = ReadonlyMap<string, readonly string[]>;

/** The instance that a log file, rotated or not, belongs to. */
export function logSourceOf(path: string): string {
  const { namespace, pod, container, attempt } = LOG_FILE.exec(path)?.groups ?? {};
  return `${namespace}/${pod}/${container}/${attempt}`;
}

/** The same lines in a form that a person can compare: `start`, `line 1..4711 +100`, `end 4711`, wherever nothing is missing or doubled. */
export function runsBySource(lines: LinesBySource): Record<string, string[]> {
  return Object.fromEntries([...lines].sort(([a], [b]) => (a < b ? -1 : 1)).map(([source, lines]) => [source, runsOf(lines)]));
}

interface Run {
  readonly line: string;
  /** NaN for a line without a number, which is a run of its own. */
  readonly from: number;
  to: number;
  readonly pad: number;
}

function runsOf(lines: readonly string[]): string[] {
  const runs: Run[] = [];
  for (const line of lines) {
    const run = runOf(line);
    const last = runs.at(-1);
    if (last !== undefined && last.to + 1 === run.from && last.pad === run.pad) last.to = run.to;
    else runs.push(run);
  }
  return runs.map(({ line, from, to, pad }) => (Number.isNaN(from) ? line : `line ${from}..${to} +${pad}`));
}

function runOf(line: string): Run {
  const { number, filler = '' } = NUMBERED.exec(line)?.groups ?? {};
  return { line, from: Number(number), to: Number(number), pad: filler.length };
}

/** The lines of `all` that are not in `some`, of those sources that have any. */
export function linesWithout(all: LinesBySource, some: LinesBySource): LinesBySource {
  const rest = new Map<string, string[]>();
  for (const [source, lines] of all) {
    const known = new Set(some.get(source));
    const missing = lines.filter((line) => !known.has(line));
    if (missing.length > 0) rest.set(source, missing);
  }
  return rest;
}
