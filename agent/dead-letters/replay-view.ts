import { grouped, type Screen } from '../demo/progress-view.ts';
import type { Clock } from '../runtime/clock.ts';
import type { ReplayTally } from './replay.ts';

const PIPE_EVERY_MS = 2000;
const DRAW_EVERY_MS = 100;
const BAR_CELLS = 20;

/** How far the replay of one output is: on a terminal a bar that is drawn anew, in a pipe a line every two seconds. */
export class ReplayView {
  readonly #screen: Screen;
  readonly #clock: Clock;
  readonly #output: string;
  readonly #totalBytes: number;
  #nextMs: number;
  #isDrawn = false;

  constructor(screen: Screen, clock: Clock, about: { readonly output: string; readonly totalBytes: number }) {
    this.#screen = screen;
    this.#clock = clock;
    this.#output = about.output;
    this.#totalBytes = about.totalBytes;
    this.#nextMs = clock.monotonic() + (screen.isTTY ? 0 : PIPE_EVERY_MS);
  }

  progress(doneBytes: number, tally: ReplayTally): void {
    const nowMs = this.#clock.monotonic();
    if (nowMs < this.#nextMs) return;
    this.#nextMs = nowMs + (this.#screen.isTTY ? DRAW_EVERY_MS : PIPE_EVERY_MS);
    const part = Math.min(doneBytes / this.#totalBytes, 1);
    const text = `${String(Math.floor(part * 100)).padStart(3)} %  ${grouped(tally.stored)} stored, ${grouped(tally.refused)} refused again`;
    if (this.#screen.isTTY) this.#draw(`${this.#output}  ${barOf(part)}${text}`);
    else this.#screen.write(`${this.#output}: ${text.trimStart()}\n`);
  }

  /** Says what has happened, above the bar. */
  event(text: string): void {
    this.end();
    this.#screen.write(`${text}\n`);
  }

  /** Takes the bar away. */
  end(): void {
    if (this.#isDrawn) this.#screen.write('\r\x1b[K');
    this.#isDrawn = false;
  }

  #draw(text: string): void {
    // A line as wide as the screen would wrap, and could not be drawn over.
    this.#screen.write(`\r\x1b[K${text.slice(0, this.#screen.columns - 1)}`);
    this.#isDrawn = true;
  }
}

function barOf(part: number): string {
  const full = Math.floor(part * BAR_CELLS);
  return `[${'#'.repeat(full)}${'-'.repeat(BAR_CELLS - full)}]`;
}
