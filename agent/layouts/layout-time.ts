/** A time that was read: seconds since 1970, nanoseconds, and how far the next time is that a text of its form can say. */
export interface LayoutTime {
  seconds: number;
  nanos: number;
  stepNanos: number;
}
