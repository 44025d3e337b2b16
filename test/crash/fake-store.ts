import { FakeLoki } from '../support/fake-loki.ts';
import type { Sighting } from '../support/line-audit.ts';
import { sightingInFake } from '../support/sightings.ts';
import type { CrashStore } from './crash-run.ts';

/** The fake Loki with its de-duplication off: all that ever arrives can be looked at. */
export class FakeStore implements CrashStore, AsyncDisposable {
  readonly tenant = 'team-a';
  readonly #loki: FakeLoki;

  private constructor(loki: FakeLoki) {
    this.#loki = loki;
  }

  static async start(): Promise<FakeStore> {
    return new FakeStore(await FakeLoki.start({ deduplicate: false }));
  }

  get url(): string {
    return this.#loki.url;
  }

  get arrived(): number {
    return this.#loki.counts.stored;
  }

  received(): Promise<number> {
    return Promise.resolve(this.arrived);
  }

  sightings(): Promise<Sighting[]> {
    return Promise.resolve(this.#loki.entries().map(sightingInFake));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#loki[Symbol.asyncDispose]();
  }
}
