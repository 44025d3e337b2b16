import type { HttpAnswer } from '../../agent/runtime/http-client.ts';
import { decodePush } from '../../agent/outputs/loki/decode-push.ts';
import type { LokiClient } from '../../agent/outputs/loki/loki-output.ts';
import { uncompressSnappy } from '../../agent/outputs/loki/uncompress-snappy.ts';
import type { Clock } from '../../agent/runtime/clock.ts';

const LATENCY_MS = 5;

/** What a store does with pushes of one tenant. */
export type Mood = 'takes' | 'limits' | 'fails' | 'hangs' | 'loses_answers';

/** A store without a network and without rules, whose mood is another for each tenant. */
export class TenantStore implements LokiClient {
  readonly moods: Map<string, Mood> = new Map();
  /** Lines by tenant and stream, each time that they came. */
  readonly stored: Map<string, string[]> = new Map();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** There is but one. */
  redirect(): void {}

  async post(headers: Record<string, string>, body: Buffer, signal: AbortSignal): Promise<HttpAnswer> {
    const tenant = headers['x-scope-orgid'] ?? '';
    // The body is the agent's again after the answer.
    const request = uncompressSnappy(Buffer.from(body), Number.MAX_SAFE_INTEGER);
    const mood = this.moods.get(tenant) ?? 'takes';
    await this.#clock.sleep(mood === 'hangs' ? 30_000 : LATENCY_MS, signal);
    if (signal.aborted || mood === 'hangs') return { kind: 'failure', reason: 'timeout', detail: 'no answer' };
    if (mood === 'limits' || mood === 'fails') return answer(mood === 'limits' ? 429 : 503);
    this.#store(tenant, request);
    return mood === 'takes' ? answer(204) : { kind: 'failure', reason: 'network', detail: 'reset' };
  }

  #store(tenant: string, request: Buffer): void {
    for (const { labels, entries } of decodePush(request)) {
      const key = `${tenant} ${labels}`;
      const lines = this.stored.get(key) ?? [];
      this.stored.set(key, lines);
      for (const { line } of entries) lines.push(line.toString());
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

function answer(status: number): HttpAnswer {
  return { kind: 'answer', status, retryAfter: null, date: null, text: '' };
}
