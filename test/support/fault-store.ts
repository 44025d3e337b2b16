import { expect } from 'vitest';
import { eventually } from './eventually.ts';
import { FakeLoki } from './fake-loki.ts';
import type { StoredEntry } from './fake-loki-store.ts';
import { linesByChannel } from './lines-by-channel.ts';
import { LokiReader } from './loki-reader.ts';
import { NODE_NAME } from './agent-home.ts';

/** A store behind the faults. What it is sent again it knows, and holds once. */
export interface FaultStore extends AsyncDisposable {
  readonly url: string;
  readonly tenant: string;
  /** Waits until that many lines are stored, and returns all that are: by container and channel, in their order, without gap records. */
  holding(lines: number): Promise<Map<string, string[]>>;
}

/** The strict store of the tests. */
export class FakeFaultStore implements FaultStore {
  readonly tenant = 'team-a';
  readonly loki: FakeLoki;

  private constructor(loki: FakeLoki) {
    this.loki = loki;
  }

  static async start(): Promise<FakeFaultStore> {
    // A real Loki knows again what has left the head block too: it removes that when it is asked.
    return new FakeFaultStore(await FakeLoki.start({ auth: true, limits: { headBlockBytes: Number.MAX_SAFE_INTEGER } }));
  }

  get url(): string {
    return this.loki.url;
  }

  async holding(lines: number): Promise<Map<string, string[]>> {
    await eventually(() => expect(this.#printed.length).toBeGreaterThanOrEqual(lines));
    return linesByChannel(this.#printed.map(({ stream: { labels }, line }) => ({ labels, line })));
  }

  get #printed(): StoredEntry[] {
    return this.loki.entries().filter(({ metadata }) => metadata.every(([name]) => name !== 'gap'));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.loki[Symbol.asyncDispose]();
  }
}

/** A tenant of a real Loki, which is somebody else's to end. */
export class RealFaultStore implements FaultStore {
  readonly url: string;
  readonly tenant: string;

  constructor(url: string, tenant: string) {
    this.url = url;
    this.tenant = tenant;
  }

  async holding(lines: number): Promise<Map<string, string[]>> {
    return linesByChannel(await new LokiReader(this.url, this.tenant).atLeast(lines, `{node_name="${NODE_NAME}"} | gap=""`));
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}
