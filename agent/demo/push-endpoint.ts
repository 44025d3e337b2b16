import { MalformedPush, type PushedEntry, type PushedStream, parseLabels } from '../outputs/loki/decode-push.ts';
import type { Clock } from '../runtime/clock.ts';
import { canonicalLabels } from './decode-json-push.ts';
import {
  burstProblem,
  entryProblem,
  groupProblems,
  LOKI_LIMITS,
  type LokiLimits,
  labelProblem,
  poisonProblem,
  streamLimitProblem,
} from './push-rules.ts';
import { withServiceName } from './service-name.ts';
import { StreamWindow } from './stream-window.ts';

/** A status and the text that goes with it, without Loki's final line feed. */
export interface PushAnswer {
  readonly status: number;
  readonly message: string;
}

/** A stream as a store knows it; `name` is its label string in the one canonical form. */
export interface StreamId {
  readonly tenant: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Where accepted entries go, in the order of their arrival. */
export interface EntryStore {
  /** `known`: the ingester has recognised the entry as one it has. */
  store(stream: StreamId, entry: PushedEntry, known: boolean): void;
}

export interface PushEndpointOptions {
  readonly store: EntryStore;
  readonly clock: Clock;
  readonly limits?: Partial<LokiLimits>;
}

interface NamedStream {
  readonly name: string;
  /** What Loki calls it in its answers: with the service_name that it adds. */
  readonly called: string;
  readonly pairs: readonly [name: string, value: string][];
  readonly entries: readonly PushedEntry[];
}

/**
 * Loki's write path in one process: what pkg/distributor/distributor.go and pkg/ingester/instance.go check, in their order and with
 * their answers. Entries that are fine are stored even when the answer is 400.
 */
export class PushEndpoint {
  readonly limits: LokiLimits;
  readonly #store: EntryStore;
  readonly #clock: Clock;
  readonly #windows = new Map<string, Map<string, StreamWindow>>();

  constructor({ store, clock, limits = {} }: PushEndpointOptions) {
    this.#store = store;
    this.#clock = clock;
    this.limits = { ...LOKI_LIMITS, ...limits };
  }

  /** Checks and stores a decoded push of `decodedBytes`, and answers as Loki would. */
  push(tenant: string, streams: readonly PushedStream[], decodedBytes: number): PushAnswer {
    const named = nameStreams(streams);
    if (named instanceof MalformedPush) return { status: 400, message: named.message };
    if (named.length === 0) return { status: 422, message: 'error at least one valid stream is required for ingestion' };
    const problems: string[] = [];
    const valid = named.map((stream) => this.#withoutProblems(stream, problems)).filter(({ entries }) => entries.length > 0);
    const entries = valid.flatMap((stream) => stream.entries);
    const poison = entries.map(poisonProblem).find((problem) => problem !== null);
    if (typeof poison === 'string') return { status: 500, message: poison };
    const burst = burstProblem(tenant, entries, this.limits);
    if (burst !== null) return { status: 429, message: burst };
    const { maxIngesterBytes } = this.limits;
    if (decodedBytes > maxIngesterBytes) return { status: 500, message: grpcTooLarge(decodedBytes, maxIngesterBytes) };
    const refusal = this.#ingest(tenant, valid);
    if (refusal !== null) return refusal;
    return problems.length > 0 ? { status: 400, message: groupProblems(problems) } : { status: 204, message: '' };
  }

  /** The distributor's part: `stream` with the entries that go on to the ingesters; what is wrong with the others is added to `problems`. */
  #withoutProblems(stream: NamedStream, problems: string[]): NamedStream {
    if (stream.entries.length === 0) return stream;
    const problem = labelProblem(stream.called, stream.pairs, this.limits);
    if (problem !== null) {
      problems.push(problem);
      return { ...stream, entries: [] };
    }
    const nowMs = this.#clock.now();
    const entries = stream.entries.filter((entry) => {
      const problem = entryProblem(stream.called, entry, nowMs, this.limits);
      if (problem !== null) problems.push(problem);
      return problem === null;
    });
    return { ...stream, entries };
  }

  /** The ingester's part. As in Loki, the last stream decides on the answer: refusals of the others are lost behind it. */
  #ingest(tenant: string, streams: readonly NamedStream[]): PushAnswer | null {
    let refusal: PushAnswer | null = null;
    for (const stream of streams) refusal = this.#append(tenant, stream);
    return refusal;
  }

  #append(tenant: string, { name, called, pairs, entries }: NamedStream): PushAnswer | null {
    const window = this.#window(tenant, name, called);
    if (window === null) return { status: 429, message: streamLimitProblem(tenant, called) };
    const { kept, refusal } = window.push(entries, this.#clock.monotonic());
    const stream: StreamId = { tenant, name, labels: Object.fromEntries(pairs) };
    for (const { entry, known } of kept) this.#store.store(stream, entry, known);
    return refusal;
  }

  /** Null when the tenant has as many streams as it may. */
  #window(tenant: string, name: string, called: string): StreamWindow | null {
    const windows = this.#windows.get(tenant) ?? new Map<string, StreamWindow>();
    this.#windows.set(tenant, windows);
    const known = windows.get(name);
    if (known !== undefined || windows.size >= this.limits.maxStreams) return known ?? null;
    const window = new StreamWindow(this.limits, tenant, called);
    windows.set(name, window);
    return window;
  }
}

function nameStreams(streams: readonly PushedStream[]): NamedStream[] | MalformedPush {
  try {
    return streams.map(({ labels, entries }) => {
      const pairs = parseLabels(labels);
      return { name: canonicalLabels(pairs), called: canonicalLabels(withServiceName(pairs)), pairs, entries };
    });
  } catch (error) {
    if (error instanceof MalformedPush) return error;
    throw error;
  }
}

function grpcTooLarge(bytes: number, limit: number): string {
  return `rpc error: code = ResourceExhausted desc = grpc: received message larger than max (${bytes} vs. ${limit})`;
}
