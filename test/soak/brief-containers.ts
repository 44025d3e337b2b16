import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeletLogDir } from '../../agent/demo/kubelet-log-dir.ts';

const LINES = 4;

/** Containers of jobs: each prints a few lines in a second or three, and soon after its end its pod is gone from the disk. */
export class BriefContainers {
  readonly #logs: KubeletLogDir;
  readonly #random: () => number;
  readonly #printed: Map<string, string[]>;
  started = 0;

  /** `printed` gets what they print, as ChattyContainers keeps it. */
  constructor(logs: KubeletLogDir, random: () => number, printed: Map<string, string[]>) {
    this.#logs = logs;
    this.#random = random;
    this.#printed = printed;
  }

  /** Starts that many, evenly over the time; resolves when the last pod is gone. `jobs`: how many names their containers have. */
  async run({ brief: count, jobs, durationMs }: { brief: number; jobs: number; durationMs: number }): Promise<void> {
    const lives: Promise<void>[] = [];
    const beganMs = Date.now();
    for (let index = 0; index < count; index += 1) {
      await sleep(Math.max(beganMs + (index * durationMs) / count - Date.now(), 0));
      lives.push(this.#live(`brief-${index}`, `job-${index % jobs}`));
      this.started += 1;
    }
    await Promise.all(lives);
  }

  async #live(pod: string, container: string): Promise<void> {
    const running = this.#logs.start({ namespace: 'jobs', pod, container });
    const key = `${pod} stdout`;
    const lines = Array.from({ length: LINES }, (_, number) => `${key} line ${number} of ${LINES}`);
    this.#printed.set(key, lines);
    const pauseMs = (1000 + this.#random() * 2000) / (LINES - 1);
    for (const [number, line] of lines.entries()) {
      if (number > 0) await sleep(pauseMs);
      running.log.print(`${line}\n`);
    }
    this.#logs.stop(running);
    await sleep(500 + this.#random() * 4500);
    this.#logs.removePod(running);
  }
}
