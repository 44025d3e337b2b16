/** A source as the others of its streams see it. */
export interface StreamMember {
  /** No entry that comes next is older, in seconds since 1970. */
  readonly headSeconds: number;
  /** It has more to read than it has read. */
  readonly behind: boolean;
}

/**
 * Keeps sources that share a stream within a window of each other. A store refuses for good what is too far behind the newest entry of
 * its stream (loki pkg/ingester/stream.go, half of max_chunk_age), so a source that is ahead waits in its files for those behind.
 */
export class StreamWindows<M extends StreamMember> {
  readonly #windowSeconds: number;
  readonly #members = new Map<object, Set<M>>();

  /** `windowSeconds`: how far apart entries of a stream may be; infinite where the store takes them in any order. */
  constructor(windowSeconds: number) {
    this.#windowSeconds = windowSeconds;
  }

  join(stream: object, member: M): void {
    const members = this.#members.get(stream) ?? new Set();
    this.#members.set(stream, members.add(member));
  }

  leave(stream: object, member: M): void {
    const members = this.#members.get(stream);
    members?.delete(member);
    if (members?.size === 0) this.#members.delete(stream);
  }

  /** The latest time, in seconds since 1970, of an entry that the member may send to the stream now. */
  latest(stream: object, member: M): number {
    let oldest = Number.POSITIVE_INFINITY;
    for (const other of this.#members.get(stream) ?? []) if (other !== member && other.behind) oldest = Math.min(oldest, other.headSeconds);
    return oldest + this.#windowSeconds;
  }
}
