import type { Clock } from '../runtime/clock.ts';

/** What the view needs of a terminal; `Terminal` of the CLI has it. */
export interface Screen {
  write(text: string): void;
  readonly isTTY: boolean;
  readonly columns: number;
}

/** How far one container is, or all together. `stored` is null where it can't be told. */
export interface Progress {
  readonly name: string;
  readonly about: string;
  readonly written: number;
  readonly stored: number | null;
}

const PIPE_EVERY_MS = 2000;

/**
 * The demo as it goes on: what happens as lines that stay, each with its time, and how far everything is: on a terminal a table below
 * them that is drawn anew, in a pipe a line every two seconds.
 */
export class ProgressView {
  readonly #screen: Screen;
  readonly #clock: Clock;
  readonly #startMs: number;
  #table: readonly string[] = [];
  #linesOnScreen = 0;
  #nextPipeMs: number;

  constructor(screen: Screen, clock: Clock) {
    this.#screen = screen;
    this.#clock = clock;
    this.#startMs = clock.monotonic();
    this.#nextPipeMs = this.#startMs + PIPE_EVERY_MS;
  }

  /** Says what has happened; further lines explain it. */
  event(text: string): void {
    const [first = '', ...more] = text.split('\n');
    const lines = [`${this.#elapsed()}  ${first}`, ...more.map((line) => `${' '.repeat(11)}${line}`)];
    this.#redraw(`${lines.join('\n')}\n`);
  }

  /** Says how far each container is, and all of them. */
  progress(containers: readonly Progress[], all: Progress): void {
    if (this.#screen.isTTY) {
      this.#table = tableOf([...containers, all]);
      this.#redraw('');
    } else if (this.#clock.monotonic() >= this.#nextPipeMs) {
      this.#nextPipeMs += PIPE_EVERY_MS;
      this.#screen.write(`${this.#elapsed()}  ${pipeLine(all)}\n`);
    }
  }

  /** Takes the table away; what is written to the screen from now on follows the events. */
  end(): void {
    this.#table = [];
    this.#redraw('');
  }

  #redraw(above: string): void {
    const erase = this.#linesOnScreen === 0 ? '' : `\x1b[${this.#linesOnScreen}A\x1b[J`;
    // A line as wide as the screen would wrap, and the next erasure would miss a line.
    const table = this.#table.map((line) => `${line.slice(0, this.#screen.columns - 1)}\n`);
    this.#linesOnScreen = table.length;
    const text = erase + above + table.join('');
    if (text !== '') this.#screen.write(text);
  }

  #elapsed(): string {
    const seconds = (this.#clock.monotonic() - this.#startMs) / 1000;
    return `${seconds.toFixed(1).padStart(7)} s`;
  }
}

/** `12,345`: thousands are told apart on every machine alike. */
export function grouped(count: number): string {
  return count.toLocaleString('en-US');
}

/** Empty, then a head, then a row for each container and one for all. Where it can't be told what is stored, a dash. */
function tableOf(rows: readonly Progress[]): string[] {
  const body = rows.map(({ name, about, written, stored }) => {
    const progress = stored === null ? ['-', '-'] : [grouped(stored), grouped(written - stored)];
    return tableRow(name, [grouped(written), ...progress], about);
  });
  return ['', tableRow('', ['written', 'stored', 'behind'], ''), ...body];
}

function tableRow(name: string, numbers: readonly string[], about: string): string {
  return `  ${name.padEnd(13)}${numbers.map((number) => number.padStart(9)).join('')}   ${about}`.trimEnd();
}

function pipeLine({ written, stored }: Progress): string {
  if (stored === null) return `${grouped(written)} lines written`;
  return `${grouped(written)} lines written, ${grouped(stored)} stored, ${grouped(written - stored)} behind`;
}
