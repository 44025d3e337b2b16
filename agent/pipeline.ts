import type { Lane } from './deliver/lane.ts';
import type { Route } from './deliver/output.ts';
import type { Counters } from './model/counters.ts';
import type { Position } from './model/position.ts';
import { RecordView } from './model/record.ts';
import type { Source } from './model/source.ts';
import type { ByteBudget } from './runtime/byte-budget.ts';
import type { Clock } from './runtime/clock.ts';
import type { ThrottledLogger } from './runtime/logger.ts';
import { Wakeup } from './runtime/wakeup.ts';
import type { TailedSource } from './tailed-source.ts';

/** How long the position of a source that left the disk is kept, in case it was a mount that flapped. */
const DEPARTED_MS = 3_600_000;

export interface PipelineOptions {
  readonly pollMinMs: number;
  readonly pollMaxMs: number;
  readonly partIdleMs: number;
  /** Silence after which a log that is gone from the directory has ended. */
  readonly departMs: number;
  readonly chunkBytes: number;
}

export interface PipelineParts<R extends Route> {
  /** Opens a source where the position says, or tells why not; called again at the next scan. */
  readonly open: (source: Source, position: Position | null) => TailedSource<R> | string;
  readonly lane: Lane<R>;
  readonly budget: ByteBudget;
  readonly clock: Clock;
  readonly log: ThrottledLogger;
  readonly counters: Counters;
  readonly options: PipelineOptions;
}

/** When a source is looked at next. */
interface Tailing<R extends Route> {
  readonly tailed: TailedSource<R>;
  intervalMs: number;
  nextPollMs: number;
  lastChangeMs: number;
  /** It waits for its turn, or has it. */
  queued: boolean;
  /** Its last read failed: there is news even if nothing changes. */
  failed: boolean;
  /** Not in the last scan. */
  departed: boolean;
}

/**
 * The path of a chunk to one output: sources are polled on our own clock, those with news take turns of one chunk each, a chunk is
 * decoded into the lane, and where the lane is full everything waits in the files. Positions follow the lane's acks.
 */
export class Pipeline<R extends Route> {
  readonly #parts: PipelineParts<R>;
  readonly #sources = new Map<string, Tailing<R>>();
  readonly #turns: Tailing<R>[] = [];
  /** Whose turn it is: it is not polled meanwhile. */
  #turning: Tailing<R> | null = null;
  readonly #turnsWaiting = new Wakeup();
  /** Positions of sources that are not open, from the last run or since they left the disk. */
  readonly #positions = new Map<string, { readonly position: Position; readonly sinceMs: number }>();
  readonly #view = new RecordView();
  readonly #buffer: Buffer;
  /** Logs of the last scan that could not be opened, by the reason. */
  readonly unopened: Map<string, number> = new Map();
  /** For liveness, on the monotonic clock: the last round of polls, and the begin of the turn that is under way. */
  beatMs: number;
  turnSinceMs: number | null = null;

  constructor(parts: PipelineParts<R>, positions: Readonly<Record<string, Position>>) {
    this.#parts = parts;
    this.#buffer = Buffer.allocUnsafeSlow(parts.options.chunkBytes);
    const sinceMs = parts.clock.monotonic();
    this.beatMs = sinceMs;
    for (const [id, position] of Object.entries(positions)) this.#positions.set(id, { position, sinceMs });
  }

  /** Takes the list of sources on disk: opens new ones, lets those that are gone end. */
  update(sources: readonly Source[]): void {
    const present = new Set(sources.map(({ id }) => id));
    this.unopened.clear();
    for (const [id, tailing] of this.#sources) tailing.departed = !present.has(id);
    for (const source of sources) if (!this.#sources.has(source.id)) this.#add(source);
  }

  #add(source: Source): void {
    const { clock, log, options } = this.#parts;
    const tailed = this.#parts.open(source, this.#positions.get(source.id)?.position ?? null);
    if (typeof tailed === 'string') {
      this.unopened.set(tailed, (this.unopened.get(tailed) ?? 0) + 1);
      if (tailed !== 'missing')
        log.warn(source.id, { path: source.path, reason: tailed }, 'a log cannot be opened and is tried again at the next scan');
      return;
    }
    this.#positions.delete(source.id);
    const nowMs = clock.monotonic();
    const tailing = {
      tailed,
      intervalMs: options.pollMinMs,
      nextPollMs: nowMs,
      lastChangeMs: nowMs,
      queued: false,
      failed: false,
      departed: false,
    };
    this.#sources.set(source.id, tailing);
    this.#enqueue(tailing);
  }

  #enqueue(tailing: Tailing<R>): void {
    if (tailing.queued) return;
    tailing.queued = true;
    this.#turns.push(tailing);
    this.#turnsWaiting.ring();
  }

  /** Polls and reads until `stop` aborts; resolves when no read is under way any more. */
  async run(stop: AbortSignal): Promise<void> {
    await Promise.all([this.#pollSources(stop), this.#takeTurns(stop)]);
  }

  async #pollSources(stop: AbortSignal): Promise<void> {
    const { clock, options } = this.#parts;
    while (!stop.aborted) {
      const nowMs = clock.monotonic();
      this.beatMs = nowMs;
      for (const tailing of this.#sources.values())
        if (tailing !== this.#turning && tailing.nextPollMs <= nowMs) this.#poll(tailing, nowMs);
      await clock.sleep(options.pollMinMs, stop);
    }
  }

  /**
   * Looks at one source; a silent one is looked at less and less often, at common moments so that the process sleeps in between.
   * One that waits for its turn is looked at too: its files are opened as they come, before rotation takes them away.
   */
  #poll(tailing: Tailing<R>, nowMs: number): void {
    const { lane, log, options } = this.#parts;
    const { pollMinMs, pollMaxMs } = options;
    const { tailed } = tailing;
    const changed = tailed.poll(nowMs);
    const { followFailure: reason } = tailed;
    if (reason !== null && reason !== 'missing') {
      log.warn(tailed.source.id, { path: tailed.source.path, reason }, 'the next file of a log cannot be opened and is tried again');
    }
    if (changed || tailing.queued || tailing.failed) {
      tailing.failed = false;
      tailing.lastChangeMs = nowMs;
      tailing.intervalMs = lane.full ? pollMaxMs : pollMinMs;
      this.#enqueue(tailing);
    } else {
      this.#rest(tailing, nowMs);
      tailing.intervalMs = Math.min(tailing.intervalMs * 2, pollMaxMs);
    }
    tailing.nextPollMs = (Math.floor(nowMs / tailing.intervalMs) + 1) * tailing.intervalMs;
  }

  /** What is due when nothing comes: unfinished lines are given up, logs that are gone are closed. */
  #rest(tailing: Tailing<R>, nowMs: number): void {
    const { options, lane } = this.#parts;
    const { tailed, lastChangeMs, departed } = tailing;
    const silentMs = nowMs - lastChangeMs;
    const ended = departed && silentMs >= options.departMs;
    if (tailed.holdsParts && !lane.full && (ended || silentMs >= options.partIdleMs)) tailed.giveUpParts(this.#view);
    if (!ended || !tailed.settled) return;
    this.#positions.set(tailed.source.id, { position: tailed.position(), sinceMs: nowMs });
    this.#sources.delete(tailed.source.id);
    tailed.close();
  }

  /** One chunk each, in turn: a busy container gets no more of the agent than a quiet one that has something to say. */
  async #takeTurns(stop: AbortSignal): Promise<void> {
    const { lane, budget } = this.#parts;
    while (!stop.aborted) {
      if (lane.full) await budget.freed.wait(stop);
      else if (this.#turns.length === 0) await this.#turnsWaiting.wait(stop);
      else await this.#turn(this.#turns.shift()!);
    }
  }

  async #turn(tailing: Tailing<R>): Promise<void> {
    const { clock, counters, log } = this.#parts;
    this.turnSinceMs = clock.monotonic();
    this.#turning = tailing;
    let more = false;
    try {
      more = await tailing.tailed.turn(this.#buffer, this.#view, this.turnSinceMs);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      counters.readErrors += 1;
      tailing.failed = true;
      log.warn(tailing.tailed.source.id, { path: tailing.tailed.source.path, code }, 'a log cannot be read and is tried again');
    }
    this.turnSinceMs = null;
    this.#turning = null;
    tailing.queued = false;
    if (more) this.#enqueue(tailing);
  }

  get sourceCount(): number {
    return this.#sources.size;
  }

  get unreadBytes(): number {
    let bytes = 0;
    for (const { tailed } of this.#sources.values()) bytes += tailed.unreadBytes;
    return bytes;
  }

  /** The positions to write down now, by source id. */
  checkpoint(): Record<string, Position> {
    const expiredMs = this.#parts.clock.monotonic() - DEPARTED_MS;
    const positions: Record<string, Position> = {};
    for (const [id, { position, sinceMs }] of this.#positions) {
      if (sinceMs < expiredMs) this.#positions.delete(id);
      else positions[id] = position;
    }
    for (const [id, { tailed }] of this.#sources) positions[id] = tailed.position();
    return positions;
  }

  /** Closes all files; only after `run` has resolved. */
  close(): void {
    for (const { tailed } of this.#sources.values()) tailed.close();
  }
}
