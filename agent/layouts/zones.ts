import assert from 'node:assert';
import { Zone } from './zone.ts';

/** Zones by name, each made once: what ICU needs for one is much for every source. */
export class Zones {
  readonly #zones = new Map<string, Zone>();

  /** `name`: of a zone that is there. */
  of(name: string): Zone {
    return this.#zones.getOrInsertComputed(name, zoneNamed);
  }
}

function zoneNamed(name: string): Zone {
  return Zone.named(name) ?? assert.fail(`no zone ${name}`);
}
