import { type EntryStore, PushEndpoint, type StreamId } from '../../agent/demo/push-endpoint.ts';
import type { HttpAnswer } from '../../agent/runtime/http-client.ts';
import { decodePush, type PushedEntry } from '../../agent/outputs/loki/decode-push.ts';
import type { LokiClient } from '../../agent/outputs/loki/loki-output.ts';
import { uncompressSnappy } from '../../agent/outputs/loki/uncompress-snappy.ts';
import { httpDate } from '../../agent/runtime/clock.ts';
import type { Clock } from '../../agent/runtime/clock.ts';

/** What happens to one push. */
export type StoreFault = 'refused' | 'lost_answer' | 'hang' | 'busy' | 'limited' | 'failing' | 'unauthorized' | 'too_large';

/** Lines that no store takes hold one of these words: one is refused with an answer that says nothing, the other makes the store fail. */
export const BAD = 'unwanted';
export const POISON = 'poisonous';

const LATENCY_MS = 5;
const TIMEOUT_MS = 30_000;

/** An entry as it arrived. */
export interface Arrival {
  readonly stream: string;
  readonly line: string;
  /** All that a store compares. */
  readonly identity: string;
  readonly isGap: boolean;
}

/** A Loki without a network: as strict as the real one, with faults that come one after the other in the order they were asked for. */
export class ScriptedStore implements LokiClient, EntryStore {
  /** Whatever was stored, in its order, each time that it was. */
  readonly stored: Arrival[] = [];
  readonly #clock: Clock;
  readonly #endpoint: PushEndpoint;
  readonly #faults: StoreFault[] = [];
  #forgetful = false;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#endpoint = new PushEndpoint({ store: this, clock });
  }

  /** The next pushes suffer these. */
  fail(...faults: readonly StoreFault[]): void {
    this.#faults.push(...faults);
  }

  heal(): void {
    this.#faults.length = 0;
  }

  /** From now on it acknowledges pushes that are cut off before it has stored them: no Loki does that. */
  forget(): void {
    this.#forgetful = true;
  }

  store({ name }: StreamId, entry: PushedEntry, known: boolean): void {
    if (!known) this.stored.push(arrivalOf(name, entry));
  }

  /** There is but one. */
  redirect(): void {}

  async post(_headers: Record<string, string>, body: Buffer, signal: AbortSignal): Promise<HttpAnswer> {
    // The body is the agent's again after the answer.
    const request = uncompressSnappy(Buffer.from(body), Number.MAX_SAFE_INTEGER);
    await this.#clock.sleep(LATENCY_MS, signal);
    if (signal.aborted) return failure('network');
    return this.#suffer(this.#faults.shift() ?? null, request, signal);
  }

  async #suffer(fault: StoreFault | null, request: Buffer, signal: AbortSignal): Promise<HttpAnswer> {
    switch (fault) {
      case 'refused':
        return this.#forgetful ? this.#answer(204, '') : failure('network');
      case 'lost_answer':
        this.#push(request);
        return failure('network');
      case 'hang':
        await this.#clock.sleep(TIMEOUT_MS, signal);
        return failure('timeout');
      case 'busy':
        return this.#answer(503, 'ring: too many unhealthy instances');
      case 'limited':
        return this.#answer(429, 'ingestion rate limit exceeded');
      case 'failing':
        return this.#answer(500, 'rpc error: code = Unavailable desc = ingester is shutting down');
      case 'unauthorized':
        return this.#answer(401, 'no org id');
      case 'too_large':
        // What is alone in a request and still too large is refused for good.
        return decodePush(request).flatMap(({ entries }) => entries).length > 1
          ? this.#answer(413, 'request entity too large')
          : this.#push(request);
      default:
        return this.#push(request);
    }
  }

  #push(request: Buffer): HttpAnswer {
    const streams = decodePush(request);
    const lines = streams.flatMap(({ entries }) => entries.map(({ line }) => line.toString('latin1')));
    if (lines.some((line) => line.includes(POISON))) return this.#answer(500, 'panic: runtime error: index out of range');
    if (lines.some((line) => line.includes(BAD))) return this.#answer(400, 'no');
    const { status, message } = this.#endpoint.push('t', streams, request.length);
    return this.#answer(status, message);
  }

  #answer(status: number, message: string): HttpAnswer {
    return { kind: 'answer', status, retryAfter: null, date: httpDate(this.#clock.now()), text: message === '' ? '' : `${message}\n` };
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

function failure(reason: 'network' | 'timeout'): HttpAnswer {
  return { kind: 'failure', reason, detail: reason };
}

function arrivalOf(stream: string, { seconds, nanos, line, metadata }: PushedEntry): Arrival {
  const text = line.toString('latin1');
  const isGap = metadata.some(([name]) => name === 'gap');
  return { stream, line: text, identity: JSON.stringify([stream, seconds, nanos, metadata, text]), isGap };
}
