import type { PushedEntry } from '../outputs/loki/decode-push.ts';
import { civilSeconds, type Time, trimmedFraction } from '../runtime/civil-time.ts';
import { entryBytes, type LokiLimits, streamRateProblem } from './push-rules.ts';
import { TokenBucket } from './token-bucket.ts';

/** What an ingester makes of the entries of a push to one stream. */
export interface StreamOutcome {
  /** In their order; `known` when the stream has the entry already. */
  readonly kept: readonly { readonly entry: PushedEntry; readonly known: boolean }[];
  readonly refusal: { readonly status: 400 | 429; readonly message: string } | null;
}

interface Checked {
  readonly entry: PushedEntry;
  readonly identity: string;
  /** Equal to the entry before it: not looked at any further. */
  readonly isRepeated: boolean;
  /** Why it is too far behind; null when it is not. */
  readonly problem: string | null;
}

/**
 * What a Loki ingester remembers of one stream (pkg/ingester/stream.go validateEntries, pkg/chunkenc/unordered.go): its newest time,
 * its last entry, its rate, and the entries of the head block, with which a new entry is compared by time, line and metadata.
 */
export class StreamWindow {
  readonly #limits: LokiLimits;
  readonly #tenant: string;
  readonly #labels: string;
  readonly #bucket: TokenBucket | null;
  #newest: Time | null = null;
  #last: string | null = null;
  readonly #headBlock = new Set<string>();
  #headBlockBytes = 0;

  /** `labels` is what Loki calls the stream. */
  constructor(limits: LokiLimits, tenant: string, labels: string) {
    this.#limits = limits;
    this.#tenant = tenant;
    this.#labels = labels;
    this.#bucket = limits.streamRateBytes === null ? null : new TokenBucket(limits.streamRateBytes, limits.streamBurstBytes);
  }

  /** `nowMs` is of a clock that never goes back. Above its rate the stream takes nothing at all, as it does with shard_streams. */
  push(entries: readonly PushedEntry[], nowMs: number): StreamOutcome {
    const before = { newest: this.#newest, last: this.#last };
    const checked = entries.map((entry) => this.#check(entry));
    const accepted = checked.filter(({ isRepeated, problem }) => !isRepeated && problem === null);
    if (this.#bucket?.take(entryBytes(accepted.map(({ entry }) => entry)), nowMs) === false) {
      this.#newest = before.newest;
      this.#last = before.last;
      const ignored = accepted.map(({ entry }) => [entry, streamRateProblem(this.#labels, entry, this.#limits)] as const);
      return { kept: kept(checked.filter(({ isRepeated }) => isRepeated)), refusal: this.#refusal(429, ignored, entries.length) };
    }
    const behind = checked.flatMap(({ entry, problem }) => (problem === null ? [] : [[entry, problem] as const]));
    const stored = checked
      .filter(({ problem }) => problem === null)
      .map((one) => ({ ...one, isRepeated: one.isRepeated || this.#has(one) }));
    return { kept: kept(stored), refusal: behind.length === 0 ? null : this.#refusal(400, behind, entries.length) };
  }

  #check(entry: PushedEntry): Checked {
    const identity = identityOf(entry);
    if (identity === this.#last) return { entry, identity, isRepeated: true, problem: null };
    const time: Time = [entry.seconds, entry.nanos];
    const problem = this.#newest === null ? null : this.#tooFarBehind(time, this.#newest);
    if (problem !== null) return { entry, identity, isRepeated: false, problem };
    this.#last = identity;
    if (this.#newest === null || isBefore(this.#newest, time)) this.#newest = time;
    return { entry, identity, isRepeated: false, problem: null };
  }

  #tooFarBehind(time: Time, newest: Time): string | null {
    const cutoff: Time = [newest[0] - this.#limits.outOfOrderSeconds, newest[1]];
    if (!isBefore(time, cutoff)) return null;
    const stamp = `${civilSeconds(time)}Z`;
    return `entry too far behind, entry timestamp is: ${stamp}, oldest acceptable timestamp is: ${civilSeconds(cutoff)}Z`;
  }

  /** The answer's text when entries of a push of `total` are not stored (stream.go errorForFailedEntries). */
  #refusal(status: 400 | 429, ignored: readonly (readonly [PushedEntry, string])[], total: number): StreamOutcome['refusal'] {
    const listed = ignored
      .slice(0, MAX_RETURNED_ERRORS)
      .map(([{ seconds, nanos }, reason]) => `entry with timestamp ${goTime([seconds, nanos])} ignored, reason: '${reason}',\n`);
    const summary = `user '${this.#tenant}', total ignored: ${ignored.length} out of ${total} for stream: ${this.#labels}`;
    return { status, message: `${listed.join('')}${summary}` };
  }

  /** Whether the head block has an entry already; from now on it has. */
  #has({ entry, identity }: Checked): boolean {
    if (this.#headBlock.has(identity)) return true;
    this.#headBlock.add(identity);
    this.#headBlockBytes += entry.line.length;
    if (this.#headBlockBytes >= this.#limits.headBlockBytes) {
      this.#headBlock.clear();
      this.#headBlockBytes = 0;
    }
    return false;
  }
}

/** Loki's ingester.max-ignored-stream-errors. */
const MAX_RETURNED_ERRORS = 10;

function kept(checked: readonly Checked[]): StreamOutcome['kept'] {
  return checked.map(({ entry, isRepeated }) => ({ entry, known: isRepeated }));
}

/** Equal for entries that a stream stores once: time, line and (since Loki 3.7) metadata. */
function identityOf({ seconds, nanos, line, metadata }: PushedEntry): string {
  return `${seconds}.${nanos} ${JSON.stringify(metadata)} ${line.toString('latin1')}`;
}

function isBefore(a: Time, b: Time): boolean {
  return a[0] < b[0] || (a[0] === b[0] && a[1] < b[1]);
}

/** Go's time.Time.String. */
function goTime(time: Time): string {
  return `${civilSeconds(time).replace('T', ' ')}${trimmedFraction(time)} +0000 UTC`;
}
