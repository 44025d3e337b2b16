import { expect, test } from 'vitest';
import { requestRates } from './request-rates.ts';

const list = (ms: number) => ({ kind: 'list', isRefused: false, ms }) as const;

test('peaks are those of windows that begin anywhere', () => {
  const refused = { kind: 'watch', isRefused: true, ms: 12_000 } as const;
  expect(requestRates([list(0), list(900), list(1000), list(1899), list(1900), refused])).toStrictEqual({
    lists: 5,
    watches: 1,
    refused: 1,
    peakPerSecond: 3,
    peakPerTenSeconds: 0.5,
  });
  expect(requestRates([])).toMatchObject({ lists: 0, peakPerSecond: 0, peakPerTenSeconds: 0 });
});
