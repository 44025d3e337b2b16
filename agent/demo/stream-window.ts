import type { PushedEntry } from '../outputs/loki/decode-push.ts';
import { civilSeconds, type Time, trimmedFraction } from './civil-time.ts';
import type { LokiLimits } from './push-rules.ts';

/** What an ingester does with an entry: keep it, recognise it as one it has, or refuse it as too far behind its stream. */
export type Admission = 'new' | 'known' | 'too_far_behind';

/**
 * What a Loki ingester remembers of one stream (pkg/ingester/stream.go validateEntries, pkg/chunkenc/unordered.go): its newest time,
 * its last entry, and the entries of the head block, with which a new entry is compared by time, line and metadata.
 */
export class StreamWindow {
  readonly #limits: LokiLimits;
  #newest: Time | null = null;
  #last: string | null = null;
  readonly #headBlock = new Set<string>();
  #headBlockBytes = 0;

  constructor(limits: LokiLimits) {
    this.#limits = limits;
  }

  admit(entry: PushedEntry): Admission {
    const identity = identityOf(entry);
    if (identity === this.#last) return 'known';
    if (this.#newest !== null && isBefore([entry.seconds, entry.nanos], this.#cutoff(this.#newest))) return 'too_far_behind';
    this.#last = identity;
    if (this.#newest === null || isBefore(this.#newest, [entry.seconds, entry.nanos])) this.#newest = [entry.seconds, entry.nanos];
    if (this.#headBlock.has(identity)) return 'known';
    this.#remember(identity, entry.line.length);
    return 'new';
  }

  /** The answer's text when entries of a push of `total` were too far behind (stream.go errorForFailedEntries). */
  describeTooFarBehind(refused: readonly PushedEntry[], total: number, { tenant, name }: { tenant: string; name: string }): string {
    const cutoff = `${civilSeconds(this.#cutoff(this.#newest ?? [0, 0]))}Z`;
    const listed = refused.slice(0, MAX_RETURNED_ERRORS).map(({ seconds, nanos }) => {
      const stamp = `${civilSeconds([seconds, 0])}Z`;
      const reason = `entry too far behind, entry timestamp is: ${stamp}, oldest acceptable timestamp is: ${cutoff}`;
      return `entry with timestamp ${goTime([seconds, nanos])} ignored, reason: '${reason}',\n`;
    });
    return `${listed.join('')}user '${tenant}', total ignored: ${refused.length} out of ${total} for stream: ${name}`;
  }

  #cutoff([seconds, nanos]: Time): Time {
    return [seconds - this.#limits.outOfOrderSeconds, nanos];
  }

  #remember(identity: string, bytes: number): void {
    this.#headBlock.add(identity);
    this.#headBlockBytes += bytes;
    if (this.#headBlockBytes < this.#limits.headBlockBytes) return;
    this.#headBlock.clear();
    this.#headBlockBytes = 0;
  }
}

/** Loki's ingester.max-ignored-stream-errors. */
const MAX_RETURNED_ERRORS = 10;

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
