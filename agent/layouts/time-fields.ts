/** What a text says of a time, filled in from left to right. One serves all texts of a layout. */
export class TimeFields {
  /** How far the text was read. */
  at = 0;
  /** -1: not said. */
  year = -1;
  month = -1;
  day = -1;
  yearDay = -1;
  hour = 0;
  minute = 0;
  second = 0;
  nanos = 0;
  /** Digits behind the second. */
  digits = 0;
  /** Half of the day that the hour is of; null: the day has 24. */
  half: 'AM' | 'PM' | null = null;
  /** Seconds east of UTC; null: not said. */
  offset: number | null = null;

  reset(): void {
    this.at = 0;
    this.year = -1;
    this.month = -1;
    this.day = -1;
    this.yearDay = -1;
    this.hour = 0;
    this.minute = 0;
    this.second = 0;
    this.nanos = 0;
    this.digits = 0;
    this.half = null;
    this.offset = null;
  }
}
