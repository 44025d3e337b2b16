import { describe, expect, test } from 'vitest';
import { sourceOfId } from '../../agent/discover/log-path.ts';
import { PodLookup } from '../../agent/enrich/pod-lookup.ts';
import type { Source } from '../../agent/model/source.ts';
import type { Pod } from '../../agent/model/pod.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { podLike } from './some-pods.ts';

const SOURCE = sourceOfId('shop_cart_u-1/web/0')!;
const OTHER = sourceOfId('shop_cart_u-1/proxy/0')!;

function sourceOf(n: number): Source {
  return { ...SOURCE, uid: `u-${n}` };
}

function lookupOf(waitMs: number): { lookup: PodLookup; clock: FakeClock; pods: Map<string, Pod> } {
  const clock = new FakeClock();
  const pods = new Map<string, Pod>();
  return { lookup: new PodLookup({ find: ({ uid }) => pods.get(uid) ?? null }, waitMs, clock), clock, pods };
}

describe(PodLookup, () => {
  test('waits for a pod, and no longer than was said', async () => {
    const { lookup, clock } = lookupOf(5000);
    expect(lookup.find(SOURCE)).toBe('later');
    await clock.advance(4999);
    expect([lookup.find(SOURCE), lookup.find(OTHER)]).toStrictEqual(['later', 'later']);
    await clock.advance(1);
    expect([lookup.find(SOURCE), lookup.find(OTHER)]).toStrictEqual(['unknown', 'unknown']);
  });

  test('finds it once it is there, even after it was given up', async () => {
    const { lookup, clock, pods } = lookupOf(5000);
    expect(lookup.find(SOURCE)).toBe('later');
    await clock.advance(60_000);
    expect(lookup.find(SOURCE)).toBe('unknown');
    pods.set('u-1', podLike());
    expect(lookup.find(SOURCE)).toStrictEqual(podLike());
  });

  test('waits for nothing where it is told so', () => {
    expect(lookupOf(0).lookup.find(SOURCE)).toBe('unknown');
  });

  test('I3 remembers no more than so many pods that never come', async () => {
    const { lookup, clock } = lookupOf(5000);
    for (let n = 0; n <= 4096; n += 1) lookup.find(sourceOf(n));
    await clock.advance(5000);
    expect([lookup.find(sourceOf(4096)), lookup.find(sourceOf(0))]).toStrictEqual(['unknown', 'later']);
  });
});
