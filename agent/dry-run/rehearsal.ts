import { statSync } from 'node:fs';
import type { Config } from '../config/schema.ts';
import type { Pods } from '../enrich/pod-lookup.ts';
import type { Source } from '../model/source.ts';
import type { Clock } from '../runtime/clock.ts';
import { isSystemError } from '../runtime/system-error.ts';
import type { DryLog, DryResult } from './dry-run.ts';
import { sampleOf, type SampleOpening } from './log-samples.ts';

/** What of each log is looked at. */
const LOG_BYTES = 65_536;
/** As many are named of those of which nothing would be sent. */
const MOST_NAMED = 10;

type Output = Config['outputs'][number];

export interface RehearsalParts {
  readonly config: Config;
  readonly sources: readonly Source[];
  /** Null: nothing is known of pods. */
  readonly pods: Pods | null;
  readonly opening: SampleOpening;
  readonly clock: Clock;
  /** Handles a log as the configuration would. */
  readonly run: (output: Output, log: DryLog) => DryResult;
}

/**
 * Tries a configuration on the newest lines of the logs that were written to last: they are decoded and processed as they would be, and
 * nothing is sent, counted or moved. What throws there would end an agent: that is a fault.
 */
export class Rehearsal {
  readonly faults: string[] = [];
  readonly #parts: RehearsalParts;
  #logs = 0;
  readonly #excluded = new Set<string>();
  #lines = 0;
  #leftOut = 0;
  readonly #sent = new Map<string, number>();
  readonly #emptied: string[] = [];

  constructor(parts: RehearsalParts) {
    this.#parts = parts;
  }

  /** One log after the other, so that whoever else has work goes on in between. */
  async run(): Promise<void> {
    const { config, sources, clock } = this.#parts;
    const most = Math.floor(config.reload.sample_bytes / LOG_BYTES);
    for (const source of newestSources(sources, most)) {
      const bytes = this.#newestLines(source);
      if (bytes !== null && bytes.length > 0) this.#try(source, bytes);
      await clock.sleep(0);
    }
  }

  /** Null when they cannot be read, or may not. */
  #newestLines(source: Source): Buffer | null {
    try {
      const sampled = sampleOf(source, this.#parts.opening, LOG_BYTES);
      return sampled?.ok === true ? sampled.sample.records : null;
    } catch (error) {
      if (isSystemError(error)) return null;
      throw error;
    }
  }

  /** For the log of the agent: what it would do with these lines, all outputs together. */
  get findings(): object {
    const [logs, lines, leftOut] = [this.#logs, this.#lines, this.#leftOut];
    return {
      sample: { logs, excludedLogs: this.#excluded.size, lines, leftOut, sent: Object.fromEntries(this.#sent) },
      ...(this.#emptied.length === 0 ? {} : { nothingSentOf: this.#emptied }),
    };
  }

  #try(source: Source, bytes: Buffer): void {
    const { config, pods, run } = this.#parts;
    const log = { source, pod: pods?.find(source) ?? null, bytes };
    this.#logs += 1;
    for (const output of config.outputs.filter(({ logs }) => logs.includes('containers'))) {
      try {
        this.#count(output, source, run(output, log));
      } catch (error) {
        this.faults.push(`the newest lines of ${source.id} cannot be handled for output ${output.name}: ${String(error)}`);
      }
    }
  }

  #count({ name }: Output, { id }: Source, result: DryResult): void {
    if ('exclusion' in result) {
      this.#excluded.add(id);
      return;
    }
    let sent = 0;
    for (const entry of result.entries) {
      if (entry.sent === null) continue;
      const key = entry.sent.tenant === null ? name : `${name} as ${entry.sent.tenant}`;
      this.#sent.set(key, (this.#sent.get(key) ?? 0) + 1);
      sent += 1;
    }
    this.#lines += result.entries.length;
    this.#leftOut += result.entries.length - sent;
    const isEmptied = sent === 0 && result.entries.length > 0;
    if (isEmptied && this.#emptied.length < MOST_NAMED && !this.#emptied.includes(id)) this.#emptied.push(id);
  }
}

/** Those that were written to last, `most` of them. */
function newestSources(sources: readonly Source[], most: number): Source[] {
  const written = sources.map((source) => ({ source, ms: statSync(source.path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }));
  return written
    .toSorted((a, b) => b.ms - a.ms)
    .slice(0, most)
    .map(({ source }) => source);
}
