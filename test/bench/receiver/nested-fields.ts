/** Wire types of protobuf (protobuf.dev/programming-guides/encoding). */
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/**
 * How often a field occurs in a protobuf message, by the field numbers that lead to it: `[1, 2]` counts fields 2 in all fields 1.
 * Makes nothing of what it skips. @throws RangeError for bytes that are no message
 */
export function countNestedFields(message: Buffer, path: readonly number[]): number {
  return new FieldWalk(message).count(0, message.length, path, 0);
}

class FieldWalk {
  readonly #message: Buffer;
  #at = 0;

  constructor(message: Buffer) {
    this.#message = message;
  }

  count(from: number, to: number, path: readonly number[], depth: number): number {
    let found = 0;
    this.#at = from;
    while (this.#at < to) {
      const key = this.#varint();
      const end = this.#endOf(key % 8);
      if (end > to) throw new RangeError(`a field of ${to} bytes ends at ${end}`);
      if (key === path[depth]! * 8 + BYTES) found += depth === path.length - 1 ? 1 : this.count(this.#at, end, path, depth + 1);
      this.#at = end;
    }
    return found;
  }

  /** Where the field ends whose content, or length, begins here. */
  #endOf(type: number): number {
    if (type === BYTES) {
      const length = this.#varint();
      return this.#at + length;
    }
    if (type === FIXED64) return this.#at + 8;
    if (type === FIXED32) return this.#at + 4;
    if (type !== VARINT) throw new RangeError(`wire type ${type}`);
    this.#varint();
    return this.#at;
  }

  #varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.#message[this.#at];
      if (byte === undefined) throw new RangeError('the message ends inside a number');
      this.#at += 1;
      value += (byte % 128) * scale;
      if (byte < 128) return value;
    }
  }
}
