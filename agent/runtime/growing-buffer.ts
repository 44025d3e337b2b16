const FIRST_CAPACITY = 1024;

/** Bytes in one piece that grow at their end: written into `bytes` from `length` on, which is then to be moved behind them. */
export class GrowingBuffer {
  bytes: Buffer = Buffer.allocUnsafeSlow(FIRST_CAPACITY);
  length = 0;

  /** Makes room for `more` bytes behind `length`. */
  reserve(more: number): void {
    const wanted = this.length + more;
    if (wanted <= this.bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, wanted));
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }
}
