import { globSync } from 'node:fs';
import { join } from 'node:path';
import { type LinesBySource, logSourceOf } from './lines-by-source.ts';
import { WitnessedLog } from './witnessed-log.ts';

/** Logs vanish 0.4 s after their last line, at the earliest. */
const LOOK_MS = 50;

/** Sees every line that ever stands in a log of the node, whether an agent runs or not, and whatever becomes of the file later. */
export class LogWitness implements Disposable {
  readonly #podsDir: string;
  readonly #logs = new Map<string, WitnessedLog>();
  readonly #timer: NodeJS.Timeout;

  constructor(logDir: string) {
    this.#podsDir = join(logDir, 'pods');
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  #look(): void {
    for (const path of globSync(join(this.#podsDir, '*/*/*.log'))) {
      const source = logSourceOf(path);
      if (!this.#logs.has(source)) this.#logs.set(source, new WitnessedLog(path));
    }
    for (const log of this.#logs.values()) log.look();
  }

  /** By instances that printed something: a container that the kubelet made, but did not come to start, has an empty log. */
  get lines(): LinesBySource {
    return new Map([...this.#logs].map(([source, { lines }]) => [source, lines] as const).filter(([, lines]) => lines.length > 0));
  }

  /** How often the log of an instance was rotated. */
  rotations(source: string): number {
    return this.#logs.get(source)?.rotations ?? 0;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    for (const log of this.#logs.values()) log.close();
  }
}
