import assert from 'node:assert';
import type { BatchEncoder, Output, Route } from '../deliver/output.ts';
import { formatLetter, letterTime, parseLetter, type WrittenLetter } from '../deliver/letter-line.ts';
import type { BadLine, GoodLine } from '../deliver/read-letters.ts';
import { RecordView } from '../model/record.ts';
import type { Guilty, GuiltyEntry } from '../model/verdict.ts';
import { MalformedPush, parseLabels } from '../outputs/loki/decode-push.ts';
import { patientPush, type PushAnswer, type PushPatience } from './patient-push.ts';
import { isMeant, type LetterFilter } from './select-letters.ts';
import type { TakenLetters } from './taken-letters.ts';

/** What became of the letters that were meant. */
export interface ReplayTally {
  stored: number;
  /** Refused again: they stay, with the new reason. */
  refused: number;
  /** Stay as they are, since the replay ended before. */
  unsent: number;
  /** Lines that are no letters: they stay too. */
  bad: number;
}

export interface ReplayParts<R extends Route> extends PushPatience {
  readonly letters: TakenLetters;
  /** The output as a tenant, null as its own; the same object each time. */
  readonly outputAs: (tenant: string | null) => Output<R>;
  readonly batchBytes: number;
  readonly filter: LetterFilter;
  readonly onBad: (line: BadLine) => void;
  /** Called after every request, with how many bytes of the files are done. */
  readonly onProgress: (doneBytes: number, tally: ReplayTally) => void;
}

/**
 * Pushes letters to their output once more, one request at a time: time, line, labels and metadata as they were, so that a store
 * recognises what it has. A refused batch is halved until the guilty stand alone. Lines that stay are handed back to `letters`, which
 * are not committed here.
 */
export class Replay<R extends Route> {
  readonly tally: ReplayTally = { stored: 0, refused: 0, unsent: 0, bad: 0 };
  /** Set once nothing more is sent. */
  ended: Extract<PushAnswer, { kind: 'ended' }> | null = null;
  readonly #parts: ReplayParts<R>;
  readonly #encoder: BatchEncoder<R>;
  readonly #routes = new Map<string, R>();
  /** Lines whose letters are in the encoder, and their streams. */
  #batch: Buffer[] = [];
  /** Whose those are; null: the output's own. */
  #tenant: string | null = null;
  readonly #streams = new Set<R['stream']>();
  #doneBytes = 0;

  constructor(parts: ReplayParts<R>) {
    this.#parts = parts;
    this.#encoder = parts.outputAs(null).encoder();
  }

  /** Resolves when every line is settled: stored, or kept. Rejects on I/O errors. */
  async run(stop: AbortSignal): Promise<void> {
    for await (const line of this.#parts.letters.lines()) {
      if (line.kind === 'letter') await this.#take(line, stop);
      else await this.#keepBad(line);
      this.#doneBytes += line.raw.length + 1;
    }
    await this.#flush(stop);
  }

  async #take(line: GoodLine, stop: AbortSignal): Promise<void> {
    const { letters, filter, batchBytes } = this.#parts;
    const { letter, raw } = line;
    if (!isMeant(letter, filter)) return letters.keep(raw);
    const tenant = letter.tenant ?? null;
    const route = this.#routeOf(letter);
    if (typeof route === 'string') return this.#keepBad({ ...line, kind: 'bad', fault: route });
    const view = viewOf(letter);
    const isFull = this.#encoder.bytes + this.#encoder.sizeBound(route, view) > batchBytes;
    if (isFull || tenant !== this.#tenant) await this.#flush(stop);
    if (this.ended !== null) return this.#keepUnsent([raw], this.ended);
    this.#tenant = tenant;
    this.#append(route, view);
    this.#batch.push(raw);
  }

  #append(route: R, view: RecordView): void {
    this.#encoder.append(route, view);
    this.#streams.add(route.stream);
  }

  #seal(): Buffer {
    const body = this.#encoder.seal([...this.#streams]);
    this.#streams.clear();
    return body;
  }

  async #keepBad(line: BadLine): Promise<void> {
    this.#parts.onBad(line);
    // A torn line is half of a letter, which its writer has not reckoned with.
    if (line.kind === 'torn') return;
    this.tally.bad += 1;
    await this.#parts.letters.keep(line.raw);
  }

  /** The route of a label set as it was pushed: read and written again it is the same text. A text says why there is none. */
  #routeOf(letter: WrittenLetter): R | string {
    const { labels } = letter;
    const tenant = letter.tenant ?? null;
    const key = routeKey(tenant, labels);
    const known = this.#routes.get(key);
    if (known !== undefined) return known;
    try {
      const route = this.#parts.outputAs(tenant).route({ labels: Object.fromEntries(parseLabels(labels)), metadata: [] });
      this.#routes.set(key, route);
      return route;
    } catch (error) {
      if (error instanceof MalformedPush) return error.message;
      throw error;
    }
  }

  async #flush(stop: AbortSignal): Promise<void> {
    const batch = this.#batch;
    this.#batch = [];
    if (batch.length > 0) await this.#deliver(batch, this.#seal(), stop);
  }

  /** Settles the letters that `body` holds. */
  async #deliver(batch: readonly Buffer[], body: Buffer, stop: AbortSignal): Promise<void> {
    const answer = this.ended ?? (await patientPush(this.#parts.outputAs(this.#tenant), body, this.#parts, stop));
    if (answer.kind !== 'ended') this.#encoder.release(body);
    if (answer.kind === 'stored') this.tally.stored += batch.length;
    else if (answer.kind === 'ended') await this.#keepUnsent(batch, answer);
    else if (answer.guilty !== null) await this.#keepGuilty(batch, answer.guilty, stop);
    else if (batch.length === 1) await this.#keepRefused(batch[0]!, answer);
    else {
      const half = Math.ceil(batch.length / 2);
      for (const part of [batch.slice(0, half), batch.slice(half)]) await this.#deliver(part, this.#encode(part), stop);
    }
    this.#parts.onProgress(this.#doneBytes, this.tally);
  }

  #encode(batch: readonly Buffer[]): Buffer {
    for (const raw of batch) {
      const letter = letterOf(raw);
      this.#append(this.#routes.get(routeKey(letter.tenant ?? null, letter.labels))!, viewOf(letter));
    }
    return this.#seal();
  }

  async #keepUnsent(batch: readonly Buffer[], answer: Extract<PushAnswer, { kind: 'ended' }>): Promise<void> {
    this.ended = answer;
    this.tally.unsent += batch.length;
    for (const raw of batch) await this.#parts.letters.keep(raw);
  }

  /** The store names entries that it has refused for good; what it does not say of the others, it says when they are sent again. */
  async #keepGuilty(batch: readonly Buffer[], { entries, others }: Guilty, stop: AbortSignal): Promise<void> {
    const inBodyOrder = [...Map.groupBy(batch, (raw) => letterOf(raw).labels).values()].flat();
    const refused = new Set(entries.map(({ index }) => index));
    for (const entry of entries) await this.#keepRefused(inBodyOrder[entry.index]!, entry);
    const rest = inBodyOrder.filter((_, index) => !refused.has(index));
    if (others === 'stored' || rest.length === 0) this.tally.stored += rest.length;
    else await this.#deliver(rest, this.#encode(rest), stop);
  }

  async #keepRefused(raw: Buffer, { reason, detail }: Pick<GuiltyEntry, 'reason' | 'detail'>): Promise<void> {
    this.tally.refused += 1;
    const text = formatLetter({ ...letterOf(raw), reason, detail }, this.#parts.clock.now());
    await this.#parts.letters.keep(Buffer.from(text.slice(0, -1)));
  }
}

/** Of equal labels of two tenants. */
function routeKey(tenant: string | null, labels: string): string {
  return tenant === null ? labels : `${tenant} ${labels}`;
}

/** The letter of a line that was read before: lines are kept and not letters, which take several times their memory. */
function letterOf(raw: Buffer): WrittenLetter {
  const letter = parseLetter(raw);
  assert(typeof letter !== 'string', 'a line that was a letter before is one again');
  return letter;
}

function viewOf(letter: WrittenLetter): RecordView {
  const { line, metadata } = letter;
  const [seconds, nanos] = letterTime(letter);
  return Object.assign(new RecordView(), {
    buffer: line,
    end: line.length,
    seconds,
    nanos,
    metadata: metadata.length === 0 ? null : metadata,
  });
}
