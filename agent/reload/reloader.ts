import { formatProblem } from '../config/problem.ts';
import type { Config } from '../config/schema.ts';
import type { Start } from '../config/start.ts';
import type { ReloadOutcome, ReloadStatus } from '../model/reload-status.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Logger } from '../runtime/logger.ts';
import type { Wakeup } from '../runtime/wakeup.ts';
import type { Checked } from './check-config.ts';
import { type ConfigChanges, configChanges } from './config-changes.ts';
import { ConfigFile } from './config-file.ts';

/** How often a file is looked at that is read at SIGHUP alone, or that could not be checked: the latter may be the machine's trouble. */
const RETRY_MS = 60_000;
/** As many reasons stand in one line of the log. */
const MOST_REASONS = 10;

/** A configuration that is valid. */
export type Sound = Extract<Start, { ok: true }>;

/** What runs, as far as it can be changed. */
export interface Changeable {
  /** In force now. */
  readonly config: Config;
  /** Tries a configuration without touching anything: what keeps it from being applied, and what is to be said of it when it is. */
  rehearse(next: Sound, changes: ConfigChanges): Promise<{ readonly faults: readonly string[]; readonly findings: object }>;
  /** Brings it into force, all of it. Resolves to why that could not be done, then nothing has changed; null: it is in force. */
  apply(next: Sound, changes: ConfigChanges): Promise<string | null>;
  /** Goes on with what `apply` has put off. */
  goOn(): Promise<void>;
}

export interface ReloaderParts {
  readonly file: string;
  /** Of the content in force. */
  readonly digest: string;
  /** Rings when someone asks for a reload. */
  readonly asked: Wakeup;
  readonly check: (file: string, ms: number, stop: AbortSignal) => Promise<Checked>;
  readonly running: Changeable;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Brings a changed configuration file into force while the agent runs: looked at on our own clock and at once when asked, checked in another
 * process, compared, tried on lines of this node, applied. Whatever speaks against it, the configuration in force stays, and it is said why.
 */
export class Reloader {
  readonly #parts: ReloaderParts;
  readonly #file: ConfigFile;
  readonly #outcomes: Record<ReloadOutcome, number> = { applied: 0, unchanged: 0, refused: 0, failed: 0 };
  /** The content that was judged last, and so need not be again. */
  #judged: string;
  #state: ReloadStatus['state'] = 'in_force';
  #reasons: readonly string[] = [];
  #digest: string;
  #sinceSeconds: number;
  #retryMs = Number.POSITIVE_INFINITY;

  constructor(parts: ReloaderParts) {
    const { file, digest, clock } = parts;
    this.#parts = parts;
    this.#file = new ConfigFile(file, digest, clock);
    this.#judged = digest;
    this.#digest = digest;
    this.#sinceSeconds = clock.now() / 1000;
  }

  get status(): ReloadStatus {
    return {
      state: this.#state,
      reasons: this.#reasons,
      digest: this.#digest,
      sinceSeconds: this.#sinceSeconds,
      outcomes: this.#outcomes,
    };
  }

  /** Follows the file until `stop` aborts. */
  async run(stop: AbortSignal): Promise<void> {
    const { clock, running } = this.#parts;
    while (!stop.aborted) {
      const isAsked = await this.#wait(stop);
      if (!stop.aborted) await running.goOn();
      const content = isAsked ? await this.#file.read() : await this.#look(stop);
      if (content === null || stop.aborted) continue;
      const isDue = isAsked || content !== this.#judged || clock.monotonic() >= this.#retryMs;
      if (isDue) await this.#judge(content, isAsked, stop);
    }
  }

  #look(stop: AbortSignal): Promise<string | null> | null {
    return this.#parts.running.config.reload.interval_seconds === 0 && this.#retryMs === Number.POSITIVE_INFINITY
      ? null
      : this.#file.look(stop);
  }

  /** Until the file is to be looked at; returns whether someone has asked for that. */
  async #wait(stop: AbortSignal): Promise<boolean> {
    const { clock, asked, running } = this.#parts;
    const { interval_seconds: seconds } = running.config.reload;
    const over = new AbortController();
    const either = AbortSignal.any([stop, over.signal]);
    const ring = asked.wait(either).then(() => !stop.aborted);
    const due = clock.sleep(seconds === 0 ? RETRY_MS : seconds * 1000, either).then(() => false);
    const isAsked = await Promise.race([ring, due]);
    over.abort();
    return isAsked;
  }

  async #judge(content: string, isAsked: boolean, stop: AbortSignal): Promise<void> {
    const { check, file, running, clock } = this.#parts;
    const wasRefused = this.#state === 'refused';
    this.#judged = content;
    this.#retryMs = Number.POSITIVE_INFINITY;
    if (!isAsked && wasRefused && content === this.#digest) return this.#agree('the configuration file is again the one in force');
    this.#state = 'checking';
    const checked = await check(file, running.config.reload.check_seconds * 1000, stop);
    if (stop.aborted) return;
    if (checked.ok === 'unknown') {
      this.#retryMs = clock.monotonic() + RETRY_MS;
      return this.#keep('failed', [checked.why]);
    }
    // It may have been read at another moment than it was looked at: what was judged is what was read.
    const { digest } = checked;
    if (digest !== null) this.#judged = digest;
    if (checked.ok) return this.#compare(checked);
    const problems = checked.problems.map(formatProblem);
    if (digest === null) this.#judged = problems[0]!;
    return this.#keep('refused', problems);
  }

  async #compare(next: Sound): Promise<void> {
    const { running, clock } = this.#parts;
    const changes = configChanges(running.config, next.config);
    if (changes.restart.length > 0) return this.#keep('refused', changes.restart.map(needsRestart));
    const { faults, findings } = await running.rehearse(next, changes);
    if (faults.length > 0) return this.#keep('refused', faults);
    if (changes.keys.length > 0) {
      this.#state = 'applying';
      const failure = await running.apply(next, changes);
      if (failure !== null) return this.#keep('refused', [failure]);
    }
    this.#digest = next.digest;
    if (changes.keys.length === 0) return this.#agree('the configuration file says nothing new');
    this.#sinceSeconds = clock.now() / 1000;
    this.#finish('applied', 'in_force', []);
    this.#report(next, changes, findings);
  }

  #report({ digest, warnings }: Sound, { keys }: ConfigChanges, findings: object): void {
    const { logger } = this.#parts;
    logger.info({ digest, changed: keys, ...findings }, 'a changed configuration is in force; no position has moved');
    for (const warning of warnings) logger.warn({ problem: formatProblem(warning) }, 'the configuration needs a look');
  }

  #agree(message: string): void {
    this.#finish('unchanged', 'in_force', []);
    this.#parts.logger.info({ digest: this.#digest }, message);
  }

  #keep(outcome: 'refused' | 'failed', reasons: readonly string[]): void {
    this.#finish(outcome, 'refused', reasons);
    const fields = { digest: this.#digest, reasons: reasons.slice(0, MOST_REASONS), problems: reasons.length };
    const message =
      outcome === 'refused'
        ? 'the changed configuration file is refused, the configuration before it stays in force; repair the file'
        : 'the changed configuration file could not be checked, the configuration before it stays in force; the check is repeated';
    this.#parts.logger.error(fields, message);
  }

  #finish(outcome: ReloadOutcome, state: ReloadStatus['state'], reasons: readonly string[]): void {
    this.#outcomes[outcome] += 1;
    this.#state = state;
    this.#reasons = reasons;
  }
}

function needsRestart(key: string): string {
  return `${key} cannot be changed while the agent runs; restart it, or take the change back`;
}
