import type { ModelRequest } from './api-server-model.ts';

export interface RequestRates {
  readonly lists: number;
  readonly watches: number;
  readonly refused: number;
  /** Requests in the busiest second, and in the busiest ten seconds by second; refused ones among them. */
  readonly peakPerSecond: number;
  readonly peakPerTenSeconds: number;
}

export function requestRates(requests: readonly ModelRequest[]): RequestRates {
  const times = requests.map(({ ms }) => ms);
  return {
    lists: requests.filter(({ kind }) => kind === 'list').length,
    watches: requests.filter(({ kind }) => kind === 'watch').length,
    refused: requests.filter(({ isRefused }) => isRefused).length,
    peakPerSecond: busiest(times, 1000),
    peakPerTenSeconds: busiest(times, 10_000) / 10,
  };
}

/** How many of these times, which are in order, lie in the window of `windowMs` that holds most of them. */
function busiest(times: readonly number[], windowMs: number): number {
  let first = 0;
  let most = 0;
  for (const [index, ms] of times.entries()) {
    while (times[first]! <= ms - windowMs) first += 1;
    most = Math.max(most, index - first + 1);
  }
  return most;
}
