import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Source } from '../model/source.ts';
import type { Clock } from '../runtime/clock.ts';
import type { ThrottledLogger } from '../runtime/logger.ts';
import type { Wakeup } from '../runtime/wakeup.ts';
import { scan } from './scan.ts';

/** Hints come in swarms; one scan answers all that come this long after the last. */
const MIN_GAP_MS = 200;

export interface DiscoveryOptions {
  readonly logDir: string;
  readonly scanIntervalMs: number;
}

/** Finds the sources of a node: a scan of the directories on our own clock, and at once after a hint. */
export class Discovery {
  readonly #options: DiscoveryOptions;
  readonly #hint: Wakeup;
  readonly #clock: Clock;
  readonly #log: ThrottledLogger;
  readonly #stray = new Set<string>();
  #sources: readonly Source[] = [];
  #scans = 0;

  constructor(parts: { options: DiscoveryOptions; hint: Wakeup; clock: Clock; log: ThrottledLogger }) {
    this.#options = parts.options;
    this.#hint = parts.hint;
    this.#clock = parts.clock;
    this.#log = parts.log;
  }

  /** As the last scan has found them. */
  get sources(): readonly Source[] {
    return this.#sources;
  }

  /** Scans finished since the start. */
  get scans(): number {
    return this.#scans;
  }

  /** Different links that were refused because they lead to no container's log. */
  get refusedLinks(): number {
    return this.#stray.size;
  }

  /**
   * Scans until `stop` aborts; `onScan` gets every list of sources. What was found in a directory that cannot be read now is taken to
   * be still there, so that one bad directory holds up no other.
   */
  async run(onScan: (sources: readonly Source[]) => void, stop: AbortSignal): Promise<void> {
    while (!stop.aborted) {
      const { sources, strayLinks, failures } = scan(this.#options.logDir);
      this.#scans += 1;
      for (const link of strayLinks) this.#refuse(link);
      if (sources.length === 0) this.#checkMount();
      for (const { path, code } of failures) {
        this.#log.warn(path, { path, code }, 'a log directory cannot be read; check its mount and that the agent runs as root');
      }
      const hidden = this.#sources.filter(({ path }) => failures.some((failure) => path.startsWith(`${failure.path}/`)));
      const found = new Set(sources.map(({ id }) => id));
      this.#sources = [...sources, ...hidden.filter(({ id }) => !found.has(id))];
      onScan(this.#sources);
      await this.#clock.sleep(MIN_GAP_MS, stop);
      await this.#hint.waitAtMost(this.#options.scanIntervalMs - MIN_GAP_MS, this.#clock, stop);
    }
  }

  /** Every node with a kubelet has this directory: without it the agent would find nothing, and say nothing, for good. */
  #checkMount(): void {
    const path = join(this.#options.logDir, 'pods');
    if (existsSync(path)) return;
    this.#log.warn(path, { path }, 'there is no such directory, so no log is found; check containers.log_dir, and that it is mounted');
  }

  #refuse(link: string): void {
    if (this.#stray.has(link)) return;
    this.#stray.add(link);
    this.#log.warn(link, { link }, "a link leads to no container's log and is refused");
  }
}
