import type { Route } from '../deliver/output.ts';
import type { GapReporter } from './gap-reporter.ts';
import type { Position } from '../model/position.ts';
import type { LogSource, Source } from '../model/source.ts';
import type { Clock } from '../runtime/clock.ts';
import type { ThrottledLogger } from '../runtime/logger.ts';
import type { TailedSource } from './tailed-source.ts';
import { Tailing } from './tailing.ts';

/** How long the position of a source that left the disk is kept: a pod's directory does not come back, a mount may. */
const POD_GONE_MS = 60_000;
const MOUNT_GONE_MS = 3_600_000;
/** How long a source stays open though others wait for its descriptors. */
const SLICE_MS = 5000;
const NONE: ReadonlySet<string> = new Set();
/** Reasons for which there is nothing to say of the log itself: it is gone, or it was said of all that are where it is. */
const QUIET: ReadonlySet<string> = new Set(['missing', 'unmounted']);

export interface RosterParts<R extends Route, S extends LogSource = Source> {
  /**
   * Opens a source where the position says, or without one where a new source is begun, or tells why not. `isFirst`: it was there
   * before the agent was, the first time that it runs here.
   */
  readonly open: (source: S, position: Position | null, isFirst: boolean) => TailedSource<R, S> | string;
  /** Reports what a position has not settled, of a source whose files are gone; null when that is nothing, `later` while it cannot. */
  readonly reportGone: (sourceId: string, position: Position) => GapReporter<R> | 'later' | null;
  /** Whether a source is not to be read, as far as is known now. */
  readonly excludes: (source: S) => boolean;
  readonly clock: Clock;
  readonly log: ThrottledLogger;
  /** Interval of the first looks at a source. */
  readonly pollMinMs: number;
  /** Silence after which an unfinished line is no longer waited for. */
  readonly partIdleMs: number;
  /** There is no position of any source yet: the agent runs here for the first time. */
  readonly isFirstRun: boolean;
}

/** The position of a source that is not open. */
interface Closed<R extends Route> {
  readonly position: Position;
  /** When it was last there or open. */
  sinceMs: number;
  /** The source is gone for good, and this says in the store what is missing of it. */
  gone: GapReporter<R> | null;
  /** Nobody wants to know what is missing of it. */
  excluded: boolean;
}

/** Which sources there are for one output: those that are open, those that wait to be, and the positions of all others. */
export class Roster<R extends Route, S extends LogSource = Source> {
  readonly #parts: RosterParts<R, S>;
  readonly #open = new Map<string, Tailing<R, S>>();
  readonly #closed = new Map<string, Closed<R>>();
  /** Sources for which there are no descriptors left, those first that have waited longest. */
  #waiting: S[] = [];
  #scanned = false;
  /** Logs of the last scan that could not be opened, by the reason. */
  readonly unopened: Map<string, number> = new Map();

  constructor(parts: RosterParts<R, S>, positions: Readonly<Record<string, Position>>) {
    this.#parts = parts;
    const sinceMs = parts.clock.monotonic();
    for (const [id, position] of Object.entries(positions)) this.#closed.set(id, { position, sinceMs, gone: null, excluded: false });
  }

  get open(): IteratorObject<Tailing<R, S>> {
    return this.#open.values();
  }

  get size(): number {
    return this.#open.size;
  }

  /** For how many sources there are no descriptors left: to be opened, or to be followed over a rotation. */
  get waiting(): number {
    return this.#open.values().reduce((sum, { tailed }) => sum + (tailed.followFailure === 'too_many_open' ? 1 : 0), this.#waiting.length);
  }

  /** Takes the list of sources on disk: lets those end that are gone or excluded, and opens new ones. */
  update(sources: readonly S[]): void {
    const wanted = sources.filter((source) => !this.#parts.excludes(source));
    const present = new Set(sources.map(({ id }) => id));
    const excluded = wanted.length === sources.length ? NONE : present.difference(new Set(wanted.map(({ id }) => id)));
    for (const [id, tailing] of this.#open) this.#mark(tailing, present.has(id), excluded.has(id));
    this.#forgetGone(present, excluded);
    this.unopened.clear();
    const known = new Set(this.#waiting.map(({ id }) => id));
    const first = this.#waiting.filter(({ id }) => present.has(id) && !excluded.has(id));
    const others = wanted.filter(({ id }) => !known.has(id) && !this.#open.has(id));
    this.#openAll([...first, ...others]);
    this.#scanned = true;
  }

  /** What is excluded by now stays so when it is gone, until it is closed. */
  #mark(tailing: Tailing<R, S>, isPresent: boolean, isExcluded: boolean): void {
    if (tailing.presence === 'ended') return;
    if (isPresent) tailing.presence = isExcluded ? 'excluded' : 'present';
    else if (tailing.presence === 'present') tailing.presence = 'departed';
  }

  #openAll(sources: readonly S[]): void {
    this.#waiting = [];
    for (const source of sources) this.#tryToOpen(source);
  }

  #tryToOpen(source: S): void {
    const { open, clock, log, pollMinMs, isFirstRun } = this.#parts;
    const tailed = open(source, this.#closed.get(source.id)?.position ?? null, isFirstRun && !this.#scanned);
    if (typeof tailed !== 'string') {
      this.#closed.delete(source.id);
      this.#open.set(source.id, new Tailing(tailed, clock.monotonic(), pollMinMs));
      return;
    }
    this.unopened.set(tailed, (this.unopened.get(tailed) ?? 0) + 1);
    if (tailed === 'too_many_open') this.#waiting.push(source);
    if (!QUIET.has(tailed)) {
      const fields = { path: source.path, reason: tailed };
      log.warn(tailed, fields, 'a log cannot be opened and is tried again; with too_many_open logs take turns');
    }
  }

  /**
   * Makes room for sources that want descriptors: the ones that have been open longest, that of which a read is under way apart,
   * get no more turns, are closed once nothing of them waits for an answer, which `closing` hears of, and wait in their turn.
   */
  takeTurns(nowMs: number, { turning, closing }: { turning: Tailing<R, S> | null; closing: (tailing: Tailing<R, S>) => void }): void {
    const inTheWay = [...this.#open.values()].filter((tailing) => this.#mayLeave(tailing, nowMs)).slice(0, this.waiting);
    const closed: S[] = [];
    for (const tailing of inTheWay) {
      if (tailing.state === 'queued' || tailing === turning || tailing.tailed.awaitsAnswers) {
        tailing.state = 'leaving';
        continue;
      }
      closing(tailing);
      this.close(tailing, nowMs);
      closed.push(tailing.tailed.source);
    }
    this.unopened.delete('too_many_open');
    this.#openAll(this.#waiting);
    this.#waiting.push(...closed);
  }

  /** Bytes of deleted files would be gone; parts and records would only be read again, but are waited for as long as they may be. */
  #mayLeave({ tailed, openedMs, presence }: Tailing<R, S>, nowMs: number): boolean {
    if (presence === 'excluded') return false;
    const partsMs = tailed.holdsParts ? 2 * Math.max(this.#parts.partIdleMs, tailed.routes.joinWaitMs) : 0;
    return nowMs - openedMs >= SLICE_MS + partsMs && tailed.heldBytes === 0;
  }

  /** Closes a source of which nothing waits for an answer; its position is kept. */
  close({ tailed, presence }: Tailing<R, S>, nowMs: number): void {
    const excluded = presence === 'excluded';
    this.#closed.set(tailed.source.id, { position: tailed.position(), sinceMs: nowMs, gone: null, excluded });
    this.#open.delete(tailed.source.id);
    tailed.close();
  }

  /** Positions of sources that do not come back are given up, and what they have not settled is said to be missing. */
  #forgetGone(present: ReadonlySet<string>, excluded: ReadonlySet<string>): void {
    const nowMs = this.#parts.clock.monotonic();
    const expiredMs = nowMs - (present.size > 0 ? POD_GONE_MS : MOUNT_GONE_MS);
    for (const [id, closed] of this.#closed) {
      if (present.has(id)) {
        closed.sinceMs = nowMs;
        closed.excluded = excluded.has(id);
      }
      if (closed.sinceMs > expiredMs) continue;
      const gone = closed.excluded ? null : (closed.gone ?? this.#parts.reportGone(id, closed.position));
      if (gone === 'later') continue;
      closed.gone = gone;
      if (gone === null || gone.gaps.length === 0) this.#closed.delete(id);
    }
  }

  /** The positions to write down now, by source id. */
  checkpoint(): Record<string, Position> {
    const positions: Record<string, Position> = {};
    for (const [id, { position }] of this.#closed) positions[id] = position;
    for (const [id, { tailed }] of this.#open) positions[id] = tailed.position();
    return positions;
  }

  /** Closes all files. */
  closeAll(): void {
    for (const { tailed } of this.#open.values()) tailed.close();
  }
}
