import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeletLogDir, RunningContainer } from '../../agent/demo/kubelet-log-dir.ts';
import { STDERR, STDOUT } from '../../agent/model/record.ts';

const ROUND_MS = 20;
const LINES_PER_ROUND = 3;
/** Faster than a kubelet looks: a file is compressed at the next rotation and deleted three later, 8 s after it was live. */
const ROTATION_MS = 2000;

/**
 * Containers that print numbered lines on both channels while their logs are rotated, and remember what they have printed. As a
 * line carries container, channel and number, what a store holds of it can be compared to the last byte.
 */
export class ChattyContainers {
  readonly #containers: readonly RunningContainer[];
  /** By container, channel and file order: `printed.get('chatty-3 stderr')`. */
  readonly printed: Map<string, string[]> = new Map();

  constructor(logs: KubeletLogDir, count: number) {
    this.#containers = Array.from({ length: count }, (_, index) =>
      logs.start({ namespace: `space-${index % 3}`, pod: `pod-${index}`, container: `chatty-${index}` }),
    );
  }

  get lineCount(): number {
    return [...this.printed.values()].reduce((sum, lines) => sum + lines.length, 0);
  }

  /** Prints for that long; every log is rotated each two seconds, one after the other. */
  async chat(durationMs: number): Promise<void> {
    const rounds = durationMs / ROUND_MS;
    const roundsPerRotation = ROTATION_MS / ROUND_MS;
    for (let round = 1; round <= rounds; round++) {
      for (const [index, container] of this.#containers.entries()) {
        this.#print(container, round);
        if ((round + index * 7) % roundsPerRotation === 0) container.log.rotate();
      }
      await sleep(ROUND_MS);
    }
  }

  #print({ names, log }: RunningContainer, round: number): void {
    const isError = round % 4 === 0;
    const key = `${names.container} ${isError ? 'stderr' : 'stdout'}`;
    const lines = this.printed.get(key) ?? [];
    this.printed.set(key, lines);
    const fresh = Array.from({ length: LINES_PER_ROUND }, (_, index) => `${key} line ${lines.length + index} ${'.'.repeat(round % 180)}`);
    lines.push(...fresh);
    log.print(`${fresh.join('\n')}\n`, { channel: isError ? STDERR : STDOUT });
  }
}
