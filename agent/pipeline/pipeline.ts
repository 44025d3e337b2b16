import type { Lane } from '../deliver/lane.ts';
import type { Route } from '../deliver/output.ts';
import type { RetentionLimits } from '../ledger/retention.ts';
import type { Attribution } from '../model/attribution.ts';
import type { Counters } from '../model/counters.ts';
import type { Position } from '../model/position.ts';
import { RecordView } from '../model/record.ts';
import type { LogSource, Source } from '../model/source.ts';
import { Roster, type RosterParts } from './roster.ts';
import type { ByteBudget } from '../runtime/byte-budget.ts';
import { Wakeup } from '../runtime/wakeup.ts';
import { giveUpHeld } from './give-up-held.ts';
import { Pauses } from './pauses.ts';
import type { SourceRoutes } from './source-routes.ts';
import { StreamWindows } from './stream-windows.ts';
import type { TurnAim, TurnEnd } from './tailed-source.ts';
import type { Tailing, TailingState } from './tailing.ts';

export interface PipelineOptions {
  readonly pollMinMs: number;
  readonly pollMaxMs: number;
  readonly partIdleMs: number;
  /** Silence after which a log that is gone from the directory has ended. */
  readonly departMs: number;
  /** How far apart entries of a stream may be; infinite where the store takes them in any order. */
  readonly windowSeconds: number;
  /** Unread bytes of deleted files that are kept by holding these open, at the start. */
  readonly deletedBytes: number;
}

export interface PipelineParts<R extends Route, S extends LogSource = Source> extends Omit<RosterParts<R, S>, 'pollMinMs' | 'partIdleMs'> {
  /** How a source is handled; `begun`: what it was begun with. */
  readonly routesOf: (source: S, begun?: Attribution) => SourceRoutes<R>;
  readonly budget: ByteBudget;
  readonly counters: Counters;
  /** How much of a log is kept on disk. */
  readonly retained: () => RetentionLimits;
  /** Chunks are read into it. */
  readonly chunk: Buffer;
  readonly options: PipelineOptions;
}

const STATE_AFTER: Readonly<Record<Exclude<TurnEnd, 'more'>, TailingState>> = { nothing: 'resting', blocked: 'blocked', early: 'early' };

/** So long after a log had more to read than a turn takes, the process does not sleep anyway: silent logs are looked at more often. */
const BUSY_MS = 2000;

/** Liveness wants a sign more often than logs may be looked at. */
const LONGEST_ROUND_MS = 10_000;

/**
 * The path of a chunk to one output: sources are polled on our own clock, those with news take turns of one chunk each, a chunk is
 * decoded into the lane of its tenant, and where that is full the source waits in its files. Positions follow the lanes' acks.
 */
export class Pipeline<R extends Route, S extends LogSource = Source> {
  readonly #parts: PipelineParts<R, S>;
  readonly #roster: Roster<R, S>;
  readonly #windows: StreamWindows<Tailing<R, S>>;
  readonly #turns: Tailing<R, S>[] = [];
  /** All that are blocked, and some that were: the store answers often, and beside a few busy sources there may be hundreds of quiet ones. */
  readonly #blocked = new Set<Tailing<R, S>>();
  readonly #pauses: Pauses<Tailing<R, S>>;
  /** Whose turn it is: nothing is done to it meanwhile. */
  #turning: Tailing<R, S> | null = null;
  readonly #turnsWaiting = new Wakeup();
  /** Rings when someone may have to be looked at sooner than the round of polls knows. */
  readonly #pollsWaiting = new Wakeup();
  readonly #view = new RecordView();
  readonly #buffer: Buffer;
  #nextRotationMs = 0;
  /** When that was last; monotonic. */
  #busyMs = Number.NEGATIVE_INFINITY;
  /** Unread bytes of deleted files that are kept by holding these open. */
  mostDeletedBytes: number;
  /** For liveness, on the monotonic clock: the last round of polls, and the begin of the turn that is under way. */
  beatMs: number;
  turnSinceMs: number | null = null;

  constructor(parts: PipelineParts<R, S>, positions: Readonly<Record<string, Position>>) {
    this.#parts = parts;
    this.#roster = new Roster({ ...parts, ...parts.options }, positions);
    this.#windows = new StreamWindows(parts.options.windowSeconds);
    this.#pauses = new Pauses({
      ...parts,
      resume: (tailing) => this.#resume(tailing),
      secondsUntilLoss: ({ tailed }) => tailed.secondsUntilLoss(parts.retained()),
    });
    this.#buffer = parts.chunk;
    this.mostDeletedBytes = parts.options.deletedBytes;
    this.beatMs = parts.clock.monotonic();
  }

  /** Takes the list of sources on disk. */
  update(sources: readonly S[]): void {
    this.#roster.update(sources);
    this.#recognize();
    this.#pollsWaiting.ring();
  }

  /**
   * Lets sources begin of which it has become known whose they are: all at one moment, so that those that share a stream see each other
   * before any of them sends. One that had to begin without goes on in its own streams; what it has sent stays where it is.
   */
  #recognize(): void {
    for (const tailing of this.#roster.open) if (tailing !== this.#turning) this.#findRoutes(tailing);
  }

  #findRoutes(tailing: Tailing<R, S>): void {
    const { routes } = tailing.tailed;
    const before = routes.known ? routes.byChannel : [];
    if (!routes.find()) return;
    if (tailing.state === 'unknown' && this.#parts.excludes(tailing.tailed.source)) {
      tailing.presence = 'excluded';
      return this.#leaveOut(tailing, this.#parts.clock.monotonic());
    }
    for (const { stream } of before) this.#windows.leave(stream, tailing);
    for (const { stream } of routes.byChannel) this.#windows.join(stream, tailing);
    if (tailing.state !== 'unknown') return;
    tailing.state = 'resting';
    this.#enqueue(tailing);
  }

  /**
   * Lets every source be handled as `routesOf` says now, each from its next line on, and as before while that is not known. What was
   * read stays as it was handled; nothing is read again, no file is opened or closed.
   */
  rehandle(isSameStages: boolean): void {
    const { routesOf } = this.#parts;
    for (const { tailed } of this.#roster.open) {
      const { source, routes } = tailed;
      routes.renew(routesOf(source, routes.attribution ?? undefined), isSameStages);
    }
    this.#recognize();
    this.#pollsWaiting.ring();
  }

  /** Whether the store has answered all that was sent. */
  get awaitsAnswers(): boolean {
    return this.#roster.open.some(({ tailed }) => tailed.awaitsAnswers);
  }

  /** Whether all files may be closed and opened again, and nothing is gone with that. */
  get mayReopen(): boolean {
    return this.#roster.open.every(({ tailed }) => tailed.heldBytes === 0 && (tailed.settled || tailed.isOnDisk));
  }

  #enqueue(tailing: Tailing<R, S>): void {
    if (tailing.state === 'queued' || tailing.state === 'leaving' || tailing.state === 'unknown' || tailing.state === 'paused') return;
    tailing.state = 'queued';
    this.#turns.push(tailing);
    this.#turnsWaiting.ring();
  }

  #resume(tailing: Tailing<R, S>): void {
    tailing.state = 'resting';
    this.#enqueue(tailing);
  }

  /** Polls and reads until `stop` aborts; resolves when no read is under way any more. */
  async run(stop: AbortSignal): Promise<void> {
    await Promise.all([this.#pollSources(stop), this.#takeTurns(stop), this.#unblock(stop), this.#pauses.run(stop)]);
  }

  async #pollSources(stop: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    while (!stop.aborted) {
      const nowMs = clock.monotonic();
      this.beatMs = nowMs;
      this.#recognize();
      for (const tailing of this.#roster.open) if (tailing !== this.#turning && tailing.nextPollMs <= nowMs) this.#poll(tailing, nowMs);
      giveUpHeld(this.#roster.open, { mostBytes: this.mostDeletedBytes, turning: this.#turning, log: this.#parts.log });
      if (this.#roster.waiting > 0 && nowMs >= this.#nextRotationMs) this.#rotate(nowMs);
      await this.#pollsWaiting.waitAtMost(this.#nextRoundMs(nowMs) - nowMs, clock, stop);
    }
  }

  /** When the next source is to be looked at. */
  #nextRoundMs(nowMs: number): number {
    const { pollMinMs, pollMaxMs } = this.#parts.options;
    let roundMs = nowMs + Math.min(pollMaxMs, LONGEST_ROUND_MS);
    for (const tailing of this.#roster.open) {
      roundMs = Math.min(roundMs, tailing === this.#turning ? nowMs + pollMinMs : tailing.nextPollMs);
    }
    return roundMs;
  }

  /**
   * Looks at one source; a silent one is looked at less and less often, at common moments so that the process sleeps in between.
   * One that waits for its turn is looked at too: its files are opened as they come, before rotation takes them away.
   */
  #poll(tailing: Tailing<R, S>, nowMs: number): void {
    if (tailing.presence === 'excluded') return this.#leaveOut(tailing, nowMs);
    const { log, options } = this.#parts;
    const { pollMinMs, pollMaxMs } = options;
    const { tailed, state } = tailing;
    const changed = tailed.poll(nowMs);
    if (state === 'leaving' && (this.#roster.waiting === 0 || tailed.heldBytes > 0)) {
      tailing.state = this.#turns.includes(tailing) ? 'queued' : 'early';
    }
    const { followFailure: reason } = tailed;
    if (reason !== null && reason !== 'missing') {
      log.warn(tailed.source.id, { path: tailed.source.path, reason }, 'the next file of a log cannot be opened and is tried again');
    }
    if (changed || state !== 'resting') {
      tailing.lastChangeMs = nowMs;
      tailing.intervalMs = tailed.full || state === 'early' || state === 'paused' ? pollMaxMs : pollMinMs;
      if (state === 'paused' && this.#pauses.isLate(tailing)) this.#resume(tailing);
      if (state !== 'blocked') this.#enqueue(tailing);
    } else {
      this.#rest(tailing, nowMs);
      tailing.intervalMs = Math.min(tailing.intervalMs * 2, this.#silentMs(nowMs));
    }
    tailing.nextPollMs = (Math.floor(nowMs / tailing.intervalMs) + 1) * tailing.intervalMs;
  }

  /** How long a silent log may go without a look. */
  #silentMs(nowMs: number): number {
    const { pollMinMs, pollMaxMs } = this.#parts.options;
    return nowMs - this.#busyMs < BUSY_MS ? Math.min(2 * pollMinMs, pollMaxMs) : pollMaxMs;
  }

  /** What is due when nothing comes: records and unfinished lines are given up, what is missing is said, logs that are gone are closed. */
  #rest(tailing: Tailing<R, S>, nowMs: number): void {
    const { options } = this.#parts;
    const { tailed, lastChangeMs, presence } = tailing;
    const silentMs = nowMs - lastChangeMs;
    const isOver = presence !== 'present' && silentMs >= options.departMs;
    if (tailed.holdsParts) tailed.giveUpParts(this.#view, isOver ? Number.POSITIVE_INFINITY : silentMs);
    if (!tailed.full) tailed.reportGaps();
    if (!isOver) return;
    if (presence === 'departed') {
      tailing.presence = 'ended';
      tailed.end();
    } else if (tailed.settled) this.#close(tailing, nowMs);
  }

  /** Nothing more is read of a source that is not wanted any more; what of it is on its way arrives, and its position is kept. */
  #leaveOut(tailing: Tailing<R, S>, nowMs: number): void {
    tailing.state = 'leaving';
    tailing.nextPollMs = nowMs + this.#parts.options.pollMaxMs;
    if (!tailing.tailed.awaitsAnswers) this.#close(tailing, nowMs);
  }

  #close(tailing: Tailing<R, S>, nowMs: number): void {
    this.#part(tailing);
    this.#roster.close(tailing, nowMs);
  }

  /** It is about to be closed, and must not get another turn: its descriptors will be those of others. */
  #part(tailing: Tailing<R, S>): void {
    const { routes } = tailing.tailed;
    this.#pauses.leave(tailing, this.#parts.clock.monotonic());
    this.#blocked.delete(tailing);
    tailing.state = 'leaving';
    if (routes.known) for (const { stream } of routes.byChannel) this.#windows.leave(stream, tailing);
  }

  /** Where there are more logs than descriptors, they take turns in being open. */
  #rotate(nowMs: number): void {
    this.#nextRotationMs = nowMs + this.#parts.options.pollMaxMs;
    this.#roster.takeTurns(nowMs, { turning: this.#turning, closing: (tailing) => this.#part(tailing) });
    this.#recognize();
  }

  /** One chunk each, in turn, as far as there is room in their lanes: a busy container gets no more of the agent than a quiet one that has something to say. */
  async #takeTurns(stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      const next = this.#turns.findIndex(({ tailed }) => !tailed.full);
      if (next === -1) await this.#turnsWaiting.wait(stop);
      else await this.#turn(this.#turns.splice(next, 1)[0]!);
    }
  }

  async #turn(tailing: Tailing<R, S>): Promise<void> {
    if (tailing.state !== 'queued') return;
    const nowMs = this.#parts.clock.monotonic();
    const aim = this.#pauses.admit(tailing, nowMs);
    if (aim === 'wait') {
      tailing.state = 'paused';
      return;
    }
    this.turnSinceMs = nowMs;
    this.#turning = tailing;
    const end = await this.#read(tailing, aim, nowMs);
    this.#pauses.served(tailing);
    this.turnSinceMs = null;
    this.#turning = null;
    // The round of polls may meet a busy source in its turn every time.
    if (tailing.tailed.routes.outdated) this.#findRoutes(tailing);
    // It may have been asked to leave meanwhile.
    if (tailing.state !== 'queued') return;
    tailing.state = end === 'more' ? 'resting' : end;
    if (end === 'blocked') this.#blocked.add(tailing);
    if (end === 'more' || end === 'blocked') this.#busyMs = nowMs;
    if (end === 'more') this.#enqueue(tailing);
  }

  async #read(tailing: Tailing<R, S>, aim: TurnAim, nowMs: number): Promise<'more' | TailingState> {
    const { counters, log } = this.#parts;
    const { tailed } = tailing;
    const latest = tailed.routes.byChannel.map(({ stream }) => this.#windows.latest(stream, tailing));
    try {
      const end = await tailed.turn(this.#buffer, this.#view, { nowMs, latest, aim });
      return end === 'more' ? end : STATE_AFTER[end];
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      counters.readErrors += 1;
      const isPassed = tailed.passUnreadable();
      const fields = { path: tailed.source.path, code };
      log.warn(
        tailed.source.id,
        fields,
        isPassed ? 'a deleted log file cannot be read and is given up' : 'a log cannot be read and is tried again',
      );
      return 'failed';
    }
  }

  /** Those whose lanes were full have their turn, and sources whose streams wait are tried again, as the store takes what was sealed. */
  async #unblock(stop: AbortSignal): Promise<void> {
    const { budget } = this.#parts;
    while (!stop.aborted) {
      await budget.freed.wait(stop);
      if (this.#turns.length > 0) this.#turnsWaiting.ring();
      for (const tailing of this.#blocked) {
        if (tailing.state === 'blocked' && tailing.tailed.places.waiting) continue;
        this.#blocked.delete(tailing);
        if (tailing.state === 'blocked') this.#enqueue(tailing);
      }
    }
  }

  /** All that open sources have sent to, or are going to. */
  get lanes(): ReadonlySet<Lane<R>> {
    return new Set([...this.#roster.open].flatMap(({ tailed: { places, routes } }) => [...places.lanesFor(routes)]));
  }

  get sourceCount(): number {
    return this.#roster.size;
  }

  get unopened(): ReadonlyMap<string, number> {
    return this.#roster.unopened;
  }

  get unreadBytes(): number {
    return this.#sum(({ tailed }) => tailed.unreadBytes);
  }

  get deletedBytes(): number {
    return this.#sum(({ tailed }) => tailed.heldBytes);
  }

  get unbalancedBytes(): number {
    return this.#sum(({ tailed }) => Math.abs(tailed.unbalancedBytes));
  }

  #sum(bytesOf: (tailing: Tailing<R, S>) => number): number {
    let bytes = 0;
    for (const tailing of this.#roster.open) bytes += bytesOf(tailing);
    return bytes;
  }

  /** Until the kubelet removes the first byte that is not stored, of whichever source that is. */
  secondsUntilLoss(limits: RetentionLimits): number {
    let seconds = Number.POSITIVE_INFINITY;
    for (const { tailed } of this.#roster.open) seconds = Math.min(seconds, tailed.secondsUntilLoss(limits));
    return seconds;
  }

  /** The positions to write down now, by source id. */
  checkpoint(): Record<string, Position> {
    return this.#roster.checkpoint();
  }

  /** Closes all files; only after `run` has resolved. */
  close(): void {
    this.#roster.closeAll();
  }
}
