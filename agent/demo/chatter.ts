import type { Channel } from '../model/record.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Account } from './account.ts';
import type { KubeletLogDir, RunningContainer } from './kubelet-log-dir.ts';
import type { Voice } from './voices.ts';

const TALK_EVERY_MS = 100;
/** Per container; the kubelet looks every 10 s, or every 3 s at most. A file is compressed at the next rotation. */
const ROTATE_EVERY_MS = 3000;
const FIRST_ROTATION_MS = 2000;
/** How often a burst ends in the middle of a line: whatever happens to the log then happens within the line. */
const CUT_SHORT = 0.3;

/** The containers of the demo at work: they print through a kubelet's log directory, and all they print is booked. */
export class Chatter {
  readonly #speakers: readonly Speaker[];
  readonly #clock: Clock;
  rotations = 0;

  constructor(logs: KubeletLogDir, voices: readonly Voice[], account: Account, clock: Clock) {
    this.#speakers = voices.map((voice) => new Speaker(voice, logs.start(voice.names), account));
    this.#clock = clock;
  }

  /** Talks until `signal` aborts, rotating one log after the other; then ends every open line. */
  async run(signal: AbortSignal): Promise<void> {
    let nextRotationMs = this.#clock.monotonic() + FIRST_ROTATION_MS;
    while (!signal.aborted) {
      for (const speaker of this.#speakers) speaker.talk(() => this.#clock.random());
      if (this.#clock.monotonic() >= nextRotationMs) {
        this.rotateNext();
        nextRotationMs += ROTATE_EVERY_MS / this.#speakers.length;
      }
      await this.#clock.sleep(TALK_EVERY_MS, signal);
    }
    for (const speaker of this.#speakers) speaker.endLine();
  }

  /** Rotates one log, in turns. */
  rotateNext(): void {
    this.#speakers[this.rotations % this.#speakers.length]?.rotate();
    this.rotations++;
  }
}

/** One container: it numbers its lines from 1, and books each when it begins to print it. */
class Speaker {
  readonly #voice: Voice;
  readonly #container: RunningContainer;
  readonly #account: Account;
  #number = 0;
  /** What is still to be printed of the line that the last burst ended in. */
  #rest: { readonly channel: Channel; readonly bytes: Buffer } | null = null;

  constructor(voice: Voice, container: RunningContainer, account: Account) {
    this.#voice = voice;
    this.#container = container;
    this.#account = account;
  }

  talk(random: () => number): void {
    this.endLine();
    const lines = this.#voice.say(() => ++this.#number, random);
    for (const [index, { channel, text }] of lines.entries()) {
      const bytes = Buffer.from(`${text}\n`);
      this.#account.wrote(this.#voice.names.container, bytes.subarray(0, -1));
      const isCutShort = index === lines.length - 1 && random() < CUT_SHORT;
      const printed = isCutShort ? Math.floor(bytes.length / 2) : bytes.length;
      this.#container.log.print(bytes.subarray(0, printed), { channel });
      if (isCutShort) this.#rest = { channel, bytes: bytes.subarray(printed) };
    }
  }

  endLine(): void {
    if (this.#rest === null) return;
    this.#container.log.print(this.#rest.bytes, { channel: this.#rest.channel });
    this.#rest = null;
  }

  rotate(): void {
    this.#container.log.rotate();
  }
}
