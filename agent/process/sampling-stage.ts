import { crc32 } from 'node:zlib';
import type { Entry } from './entry.ts';
import type { Stage } from './stage.ts';

export interface SamplingParts {
  /** Share of the entries that go on, 0 to 1. */
  readonly rate: number;
  readonly countFiltered: () => void;
}

const HASHES = 2 ** 32;

/**
 * Lets a share of the entries pass. Which ones depends on their text and time, not on chance, so that it is the same ones after a restart and on
 * every output.
 */
export class SamplingStage implements Stage {
  /** Hashes below it pass. */
  readonly #bound: number;
  readonly #countFiltered: SamplingParts['countFiltered'];

  constructor({ rate, countFiltered }: SamplingParts) {
    this.#bound = rate * HASHES;
    this.#countFiltered = countFiltered;
  }

  apply({ view: { buffer, start, end, seconds, nanos } }: Entry): boolean {
    const time = (Math.imul(seconds, 0x9e_37_79_b1) ^ nanos) >>> 0;
    const passes = mixed(crc32(buffer.subarray(start, end), time)) < this.#bound;
    if (!passes) this.#countFiltered();
    return passes;
  }
}

/** MurmurHash3's finalizer: texts that differ in a bit differ in half of the bits then, which a CRC does not do. */
function mixed(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85_eb_ca_6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2_b2_ae_35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
