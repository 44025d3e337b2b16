import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { PodCache } from '../../agent/enrich/pod-cache.ts';
import { PodWatch } from '../../agent/kubernetes/pod-watch.ts';
import { TROUBLE_REASONS, trouble } from '../../agent/kubernetes/trouble.ts';
import type { Pod } from '../../agent/model/pod.ts';
import { podLike } from '../enrich/some-pods.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { LogRecorder } from '../support/log-recorder.ts';
import { ScriptedPodServer } from './scripted-pod-server.ts';

const reasons = fc.constantFrom(...TROUBLE_REASONS);
const uid = fc.nat(5).map((n) => `u-${n}`);

/** One step in the life of a server: pods come, change and go, and everything fails that can. */
const step = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), uid, labels: fc.record({ app: fc.constantFrom('a', 'b') }) }),
  fc.record({ kind: fc.constant('remove' as const), uid }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 240_000 }) }),
  fc.record({ kind: fc.constant('end' as const), reason: reasons }),
  fc.record({ kind: fc.constant('fault' as const), reason: reasons }),
  fc.record({ kind: fc.constantFrom('bookmark' as const, 'compact' as const, 'mute' as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function take(server: ScriptedPodServer, next: Exclude<Step, { kind: 'wait' }>): void {
  if (next.kind === 'put') server.put(podLike({ uid: next.uid, labels: next.labels }));
  else if (next.kind === 'remove') server.remove(next.uid);
  else if (next.kind === 'end') server.end(trouble(next.reason, 'a fault of the test'));
  else if (next.kind === 'fault') server.faults.push(trouble(next.reason, 'a fault of the test'));
  else server[next.kind]();
}

function byUid(a: Pod, b: Pod): number {
  return a.uid.localeCompare(b.uid);
}

test('whatever happens, the cache is in the end what the server has, for a number of lists that faults bound', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.nat(), fc.boolean(), async (steps, seed, streams) => {
      const clock = new FakeClock({ seed });
      const server = new ScriptedPodServer();
      server.streams = streams;
      const cache = new PodCache({ tombstoneMs: 600_000, maxTombstones: 10 }, clock);
      const watch = new PodWatch({ server, sink: cache, clock, log: new LogRecorder().throttled(clock) }, 5000);
      const stop = new AbortController();
      const done = watch.run(stop.signal);
      for (const next of steps) {
        if (next.kind === 'wait') await clock.advance(next.ms);
        else take(server, next);
      }
      // Longer than a dead connection is believed in, a list waited for, and all backoffs of what is left of the faults.
      for (let rounds = 0; rounds < 60; rounds += 1) {
        await clock.advance(60_000);
        server.bookmark();
      }
      expect([...cache.pods].sort(byUid)).toStrictEqual([...server.pods.values()].sort(byUid));
      expect(watch.synced).toBe(true);
      const faults = steps.filter(({ kind }) => kind === 'end' || kind === 'fault' || kind === 'compact').length;
      expect(watch.lists).toBeLessThanOrEqual(1 + 2 * faults);
      stop.abort();
      await done;
    }),
    { numRuns: 1500 },
  );
});
