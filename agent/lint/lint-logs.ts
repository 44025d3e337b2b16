import type { Source } from '../model/source.ts';
import type { Clock } from '../runtime/clock.ts';
import { type Finding, FINDINGS, LogLint } from './log-lint.ts';

/** Between two logs: a round is no burst of work. */
const PAUSE_MS = 20;
/** Findings of no more containers are told, those with the most bytes: each is a series. */
const MOST_CONTAINERS = 100;

export interface LintLogsParts {
  readonly intervalMs: number;
  /** The logs of now that are collected. */
  readonly sources: () => readonly Source[];
  /** The last lines of a log; none when it cannot be looked at. */
  readonly lines: (source: Source) => Iterable<Buffer>;
  readonly clock: Clock;
}

/** A container of that name in a namespace, whichever pod it is in. */
interface Container {
  readonly namespace: string;
  readonly container: string;
}

/** The share of the bytes of a container that a finding is true of. */
export interface LintShare extends Container {
  readonly finding: Finding;
  readonly share: number;
}

/** Looks from time to time at how the containers of the node log. */
export class LintLogs {
  readonly #parts: LintLogsParts;
  /** Of the last round. */
  #shares: readonly LintShare[] = [];

  constructor(parts: LintLogsParts) {
    this.#parts = parts;
  }

  /** As the last round has found them; a container without a finding has the share 0 of it. */
  get shares(): readonly LintShare[] {
    return this.#shares;
  }

  /** Looks, round after round, until `stop` aborts. */
  async run(stop: AbortSignal): Promise<void> {
    const { clock, intervalMs } = this.#parts;
    while (!stop.aborted) {
      await clock.sleep(intervalMs, stop);
      await this.#look(stop);
    }
  }

  async #look(stop: AbortSignal): Promise<void> {
    const { clock, sources, lines } = this.#parts;
    const found = new Map<string, { of: Container; lint: LogLint }>();
    for (const source of sources()) {
      const { namespace, container } = source;
      const { lint } = found.getOrInsertComputed(`${namespace}/${container}`, () => ({
        of: { namespace, container },
        lint: new LogLint(),
      }));
      for (const line of lines(source)) lint.look(line);
      await clock.sleep(PAUSE_MS, stop);
      if (stop.aborted) return;
    }
    const most = [...found.values()].filter(({ lint }) => lint.bytes > 0).sort((a, b) => b.lint.bytes - a.lint.bytes);
    this.#shares = most.slice(0, MOST_CONTAINERS).flatMap(({ of, lint }) => {
      const shares = new Map(lint.findings.map(({ finding, share }) => [finding, share]));
      return FINDINGS.map((finding) => ({ ...of, finding, share: shares.get(finding) ?? 0 }));
    });
  }
}
