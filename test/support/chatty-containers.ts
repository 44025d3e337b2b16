import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeletLogDir, RunningContainer } from '../../agent/demo/kubelet-log-dir.ts';
import { CHANNEL_NAMES, STDERR, STDOUT } from '../../agent/model/record.ts';

const LINES_PER_ROUND = 3;
/** containerd writes a longer line in parts. */
const PART_BYTES = 16_384;
const ROUNDS_PER_LONG_LINE = 128;
/** Rotated files that the kubelet leaves beside a live one by default. */
const ROTATED_FILES = 4;

export interface ChatOptions {
  /** Between two rounds of lines. */
  readonly roundMs?: number;
  /** Between two rotations of one log. Faster than a kubelet looks: a file is compressed at the next one and deleted three later. */
  readonly rotationMs?: number;
  /** Whether nobody needs the first `lines` lines of a container and channel any more; a rotation that would delete others waits. */
  readonly isSettled?: (key: string, lines: number) => boolean;
}

/**
 * Containers that print numbered lines on both channels while their logs are rotated, and remember what they have printed. As a
 * line carries container, channel and number, what a store holds of it can be compared to the last byte. Now and then comes a line
 * of several parts that stays unfinished for a while, over lines of the other channel and over rotations.
 */
export class ChattyContainers {
  readonly #containers: readonly Chatty[];
  readonly #options: Required<ChatOptions>;
  /** By container, channel and file order: `printed.get('chatty-3 stderr')`. */
  readonly printed: Map<string, string[]> = new Map();

  constructor(logs: KubeletLogDir, count: number, { roundMs = 20, rotationMs = 2000, isSettled = () => true }: ChatOptions = {}) {
    this.#options = { roundMs, rotationMs, isSettled };
    this.#containers = Array.from({ length: count }, (_, index) => {
      const name = `chatty-${index}`;
      return new Chatty(logs.start({ namespace: `space-${index % 3}`, pod: name, container: name }), this.printed);
    });
  }

  get lineCount(): number {
    return [...this.printed.values()].reduce((sum, lines) => sum + lines.length, 0);
  }

  /** Prints several rounds at once, on both channels from four rounds on. */
  say(rounds = 12): void {
    for (const container of this.#containers) {
      for (let round = 1; round <= rounds; round += 1) container.print(round);
      container.finishLines();
    }
  }

  /** Puts a record that is none of theirs into the log of the first. */
  append(record: string): void {
    this.#containers[0]?.append(record);
  }

  /** Rotates every log. */
  rotate(): void {
    for (const container of this.#containers) container.rotate(() => true);
  }

  /** How many times each log was rotated. */
  get rotations(): number[] {
    return this.#containers.map(({ ends }) => ends.length);
  }

  chat(durationMs: number): Promise<void> {
    return this.chatUntil(AbortSignal.timeout(durationMs));
  }

  /** Prints until `stop` aborts; the logs are rotated one after the other. No line is left unfinished. */
  async chatUntil(stop: AbortSignal): Promise<void> {
    const { roundMs, rotationMs, isSettled } = this.#options;
    const roundsPerRotation = Math.round(rotationMs / roundMs);
    for (let round = 1; !stop.aborted; round++) {
      for (const [index, container] of this.#containers.entries()) {
        container.print(round + index * 5);
        if ((round + index * 7) % roundsPerRotation === 0) container.rotationIsDue = true;
        if (container.rotationIsDue) container.rotate(isSettled);
      }
      await sleep(roundMs);
    }
    for (const container of this.#containers) container.finishLines();
  }
}

class Chatty {
  readonly #container: RunningContainer;
  readonly #printed: Map<string, string[]>;
  /** What is still to be printed of the last line of each channel. */
  readonly #rest: [string, string] = ['', ''];
  /** Per rotated file, how many lines of each channel had begun at its end. */
  readonly ends: (readonly [number, number])[] = [];
  rotationIsDue = false;

  constructor(container: RunningContainer, printed: Map<string, string[]>) {
    this.#container = container;
    this.#printed = printed;
    for (const channel of [STDOUT, STDERR]) printed.set(this.#key(channel), []);
  }

  #key(channel: 0 | 1): string {
    return `${this.#container.names.container} ${CHANNEL_NAMES[channel]}`;
  }

  print(round: number): void {
    const channel = round % 4 === 0 ? STDERR : STDOUT;
    const key = this.#key(channel);
    const lines = this.#printed.get(key)!;
    const isLong = round % ROUNDS_PER_LONG_LINE < 2;
    const fill = (index: number): string => '.'.repeat(isLong && index === 2 ? PART_BYTES + ((round * 977) % 24_000) : round % 180);
    const fresh = Array.from({ length: LINES_PER_ROUND }, (_, index) => `${key} line ${lines.length + index} ${fill(index)}`);
    lines.push(...fresh);
    const text = `${this.#rest[channel]}${fresh.join('\n')}\n`;
    const cut = isLong ? text.length - PART_BYTES / 2 : text.length;
    this.#container.log.print(text.slice(0, cut), { channel });
    this.#rest[channel] = text.slice(cut);
  }

  append(record: string): void {
    this.#container.log.append(record);
  }

  finishLines(): void {
    for (const channel of [STDOUT, STDERR]) this.#container.log.print(this.#rest[channel], { channel });
    this.#rest.fill('');
  }

  rotate(isSettled: (key: string, lines: number) => boolean): void {
    const oldest = this.ends.at(-ROTATED_FILES);
    if (oldest !== undefined && !this.#isLeft(oldest, isSettled)) return;
    this.#container.log.rotate();
    this.ends.push([this.#printed.get(this.#key(STDOUT))!.length, this.#printed.get(this.#key(STDERR))!.length]);
    this.rotationIsDue = false;
  }

  /** Whether positions have left a file. While one is at its end, nobody knows but by looking that it has not grown, and its removal is a gap. */
  #isLeft([out, err]: readonly [number, number], isSettled: (key: string, lines: number) => boolean): boolean {
    const isSettledTo = (outLines: number, errLines: number): boolean =>
      isSettled(this.#key(STDOUT), outLines) && isSettled(this.#key(STDERR), errLines);
    return isSettledTo(out + 1, err) || isSettledTo(out, err + 1);
  }
}
