import type { ApiRequest } from './api-request.ts';
import type { Condition } from './condition.ts';
import { overlaps, type Region, requestOf, within, without } from './region.ts';

/** Parts that are looked at before the search is given up: far more than policies of a hundred rules take. */
const MAX_PARTS = 100_000;

/** `undecided`: the rules are too entangled to tell. */
export type Found = { readonly kind: 'request'; readonly request: ApiRequest } | { readonly kind: 'none' } | { readonly kind: 'undecided' };

/** A request in one of `regions` for which `wanted` holds, if it is given, and no condition of `avoided`. What it finds is the first by the order of the regions' values. */
export function findRequest(regions: readonly Region[], wanted: readonly Condition[] | null, avoided: readonly Condition[]): Found {
  const search = new Search(avoided);
  for (const region of regions) {
    const starts = wanted === null ? [region] : wanted.map((condition) => within(region, condition));
    for (const start of starts) {
      const request = start === null || isEmpty(start) ? null : search.outside(start, 0);
      if (request !== null) return { kind: 'request', request };
    }
  }
  return { kind: search.isGivenUp ? 'undecided' : 'none' };
}

/** What a policy does not mention at all may leave a region without values. */
function isEmpty(region: Region): boolean {
  const values = region.type === 'path' ? [region.paths] : [region.kinds, region.namespaces, region.names];
  return [...values, region.verbs, region.users].some(({ length }) => length === 0);
}

class Search {
  readonly #avoided: readonly Condition[];
  #parts = 0;

  constructor(avoided: readonly Condition[]) {
    this.#avoided = avoided;
  }

  get isGivenUp(): boolean {
    return this.#parts > MAX_PARTS;
  }

  /** A request of the region that meets no condition from the `next` on. */
  outside(region: Region, next: number): ApiRequest | null {
    this.#parts += 1;
    if (this.isGivenUp) return null;
    const at = this.#avoided.findIndex((condition, index) => index >= next && overlaps(region, condition));
    if (at === -1) return requestOf(region);
    for (const part of without(region, this.#avoided[at]!)) {
      const request = this.outside(part, at + 1);
      if (request !== null) return request;
    }
    return null;
  }
}
