/** Offsets change at a quarter of an hour of UTC wherever they still do. */
const QUARTER_SECONDS = 900;
const OFFSET = /GMT(?:([+-])(\d\d):(\d\d)(?::(\d\d))?)?$/;

/** The clocks of a place, by its name in the IANA database, as the ICU data of Node know them. */
export class Zone {
  readonly #format: Intl.DateTimeFormat;
  /** Of the last two quarters of an hour that were asked for: asking ICU takes 3 us, and those of a line and of the one before are the same. */
  readonly #quarters: [number, number] = [Number.NaN, Number.NaN];
  readonly #offsets: [number, number] = [0, 0];

  private constructor(format: Intl.DateTimeFormat) {
    this.#format = format;
  }

  /** Null for a name that no place has. The first zone costs 8 MB of memory, which ICU takes. */
  static named(name: string): Zone | null {
    // ICU takes distances from UTC too, Go does not.
    if (!/^[A-Za-z]/.test(name)) return null;
    try {
      return new Zone(new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' }));
    } catch {
      return null;
    }
  }

  /**
   * Seconds since 1970 of what the clocks of the place showed, given as if it were UTC. As Go's time.Date has it: of a time that was shown
   * twice one of the two, for one that was left out a time within an hour of it.
   */
  toUtc(shownSeconds: number): number {
    const guess = this.#offsetAt(shownSeconds);
    return shownSeconds - (guess === 0 ? 0 : this.#offsetAt(shownSeconds - guess));
  }

  #offsetAt(seconds: number): number {
    const quarter = Math.floor(seconds / QUARTER_SECONDS);
    const quarters = this.#quarters;
    if (quarters[0] === quarter) return this.#offsets[0];
    if (quarters[1] !== quarter) {
      quarters[1] = quarter;
      this.#offsets[1] = this.#ask(quarter * QUARTER_SECONDS);
    }
    quarters.reverse();
    this.#offsets.reverse();
    return this.#offsets[0];
  }

  #ask(seconds: number): number {
    const [, sign = '+', hours = '0', minutes = '0', rest = '0'] = OFFSET.exec(this.#format.format(seconds * 1000)) ?? [];
    return (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60 + Number(rest));
  }
}
