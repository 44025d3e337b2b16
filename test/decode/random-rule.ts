import * as fc from 'fast-check';
import { APART, type Multiline, type RecordRule, WHOLE } from '../../agent/model/multiline.ts';

/** Goes by one byte of a line, its length and the state before, so that every answer comes now and then. */
class RandomRule implements RecordRule {
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  begin(bytes: Buffer, start: number, end: number): number {
    const number = this.#number(bytes, start, end);
    return number % 4 === 0 ? WHOLE : 1 + (number % 5);
  }

  goOn(state: number, bytes: Buffer, start: number, end: number): number {
    const number = this.#number(bytes, start, end) + state;
    if (number % 5 === 0) return APART;
    return number % 7 === 0 ? WHOLE : 1 + (number % 6);
  }

  #number(bytes: Buffer, start: number, end: number): number {
    return (start < end ? bytes[start]! : 0) + (end - start) + this.#seed;
  }
}

export const randomMultiline: fc.Arbitrary<Multiline> = fc
  .record({ seed: fc.nat({ max: 1000 }), maxWaitSeconds: fc.constantFrom(0.5, 3, 20), maxLines: fc.constantFrom(2, 3, 128) })
  .map(({ seed, ...limits }) => ({ key: String(seed), rule: new RandomRule(seed), ...limits }));
