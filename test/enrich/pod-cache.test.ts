import { describe, expect, test } from 'vitest';
import { PodCache } from '../../agent/enrich/pod-cache.ts';
import { FakeClock } from '../support/fake-clock.ts';
import type { Pod } from '../../agent/model/pod.ts';
import { podLike } from './some-pods.ts';

const TOMBSTONES = { tombstoneMs: 600_000, maxTombstones: 3 };

/** Looks for the pod of a log under `uid`, which has the other names of `podLike`. */
function find(cache: PodCache, uid: string, pod = podLike().name): Pod | null {
  return cache.find({ uid, namespace: 'shop', pod });
}

describe(PodCache, () => {
  test('a pod that takes over a name is another one', () => {
    const cache = new PodCache(TOMBSTONES, new FakeClock());
    const [old, young] = [
      podLike({ uid: 'old', name: 'db-0', labels: { app: 'one' } }),
      podLike({ uid: 'new', name: 'db-0', labels: { app: 'two' } }),
    ];
    cache.put(old);
    cache.remove(old);
    cache.put(young);
    expect([find(cache, 'old', 'db-0'), find(cache, 'new', 'db-0')]).toStrictEqual([old, young]);
  });

  test('a static pod is found by the hash in its path, and its mirror may be made anew', () => {
    const cache = new PodCache(TOMBSTONES, new FakeClock());
    const mirror = podLike({ uid: 'm-1', configHash: 'hash' });
    const next = podLike({ uid: 'm-2', configHash: 'hash', labels: { app: 'etcd' } });
    cache.put(mirror);
    expect(find(cache, 'hash')).toBe(mirror);
    cache.put(next);
    cache.remove(mirror);
    expect(find(cache, 'hash')).toBe(next);
    cache.remove(next);
    expect(find(cache, 'hash')).toBe(next);
  });

  test('nobody gets at the logs of another pod by an annotation', () => {
    const cache = new PodCache(TOMBSTONES, new FakeClock());
    const victim = podLike({ uid: 'victim' });
    cache.put(victim);
    cache.put(podLike({ uid: 'thief', name: 'thief', configHash: 'victim' }));
    cache.put(podLike({ uid: 'early', name: 'early', configHash: 'to-come' }));
    expect([find(cache, 'victim'), find(cache, 'to-come')]).toStrictEqual([victim, null]);
  });

  test('a deleted pod is kept for its late lines, for as long as was said', async () => {
    const clock = new FakeClock();
    const cache = new PodCache(TOMBSTONES, clock);
    cache.put(podLike({ configHash: 'hash' }));
    cache.replace([]);
    expect(cache.size).toBe(0);
    await clock.advance(599_999);
    cache.replace([]);
    expect([find(cache, 'u-1'), find(cache, 'hash')]).not.toContain(null);
    await clock.advance(1);
    cache.replace([]);
    expect([find(cache, 'u-1'), find(cache, 'hash')]).toStrictEqual([null, null]);
  });

  test('I3 of many deleted pods the oldest are forgotten first', () => {
    const cache = new PodCache(TOMBSTONES, new FakeClock());
    for (const uid of ['a', 'b', 'c', 'd', 'e']) {
      cache.put(podLike({ uid }));
      cache.remove(podLike({ uid }));
    }
    expect(['a', 'b', 'c', 'd', 'e'].filter((uid) => find(cache, uid) !== null)).toStrictEqual(['c', 'd', 'e']);
  });

  test('a pod that comes back is no tombstone', () => {
    const cache = new PodCache({ ...TOMBSTONES, maxTombstones: 0 }, new FakeClock());
    cache.replace([podLike()]);
    cache.replace([podLike({ uid: 'other' })]);
    expect(find(cache, 'u-1')).toBeNull();
    cache.replace([podLike({ labels: { app: 'again' } })]);
    expect(find(cache, 'u-1')?.labels).toStrictEqual({ app: 'again' });
    expect(cache.size).toBe(1);
  });
});
