import { describe, expect, onTestFinished, test } from 'vitest';
import { PodCache } from '../../agent/enrich/pod-cache.ts';
import { PodWatch } from '../../agent/kubernetes/pod-watch.ts';
import { type Trouble, trouble, type TroubleReason } from '../../agent/kubernetes/trouble.ts';
import { podLike } from '../enrich/some-pods.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { LogRecorder } from '../support/log-recorder.ts';
import { ScriptedPodServer } from './scripted-pod-server.ts';

const MINUTE_MS = 60_000;
const SPREAD_MS = 2000;
/** An agent runs in a pod, so there is one at least. */
const NO_POD = 'the API server knows no pod of this node; check that node_name is the name it has there';

interface Bench {
  readonly server: ScriptedPodServer;
  readonly watch: PodWatch;
  readonly cache: PodCache;
  readonly clock: FakeClock;
  readonly log: LogRecorder;
}

/** A watch that has begun. Delays are half of what they may be at most. */
async function benchOf(prepare: (server: ScriptedPodServer) => void = () => undefined): Promise<Bench> {
  const clock = new FakeClock({ random: Array.from({ length: 10_000 }, () => 0.5) });
  const server = new ScriptedPodServer();
  const log = new LogRecorder();
  const cache = new PodCache({ tombstoneMs: 600_000, maxTombstones: 1000 }, clock);
  const watch = new PodWatch({ server, sink: cache, clock, log: log.throttled(clock) }, SPREAD_MS);
  prepare(server);
  const stop = new AbortController();
  const done = watch.run(stop.signal);
  onTestFinished(async () => {
    stop.abort();
    await done;
  });
  await clock.advance(1000);
  return { server, watch, cache, clock, log };
}

function streaming(server: ScriptedPodServer): void {
  server.streams = true;
  server.put(podLike());
}

function failure(reason: TroubleReason, afterMs: number | null = null): Trouble {
  return { ...trouble(reason, 'a fault of the test'), afterMs };
}

describe('the beginning', () => {
  test('one list of whatever state is at hand, at a moment of the agent’s own, then a watch from there', async () => {
    const clock = new FakeClock({ random: [0.25] });
    const server = new ScriptedPodServer();
    server.put(podLike());
    const cache = new PodCache({ tombstoneMs: 0, maxTombstones: 0 }, clock);
    const log = new LogRecorder();
    const watch = new PodWatch({ server, sink: cache, clock, log: log.throttled(clock) }, SPREAD_MS);
    const stop = new AbortController();
    const done = watch.run(stop.signal);
    await clock.advance(499);
    expect([server.asked, watch.synced]).toStrictEqual([[], false]);
    await clock.advance(1);
    expect([server.asked, watch.synced]).toStrictEqual([['list 0', 'watch 2'], true]);
    expect([...cache.pods]).toStrictEqual([podLike()]);
    expect(log.messages).toStrictEqual([]);
    stop.abort();
    await done;
  });

  test('a server that is down is asked again and again, less and less often', async () => {
    const { server, watch, clock, log } = await benchOf((down) =>
      down.faults.push(...Array.from({ length: 1000 }, () => failure('network'))),
    );
    await clock.advance(60 * MINUTE_MS);
    expect(watch.synced).toBe(false);
    // Full jitter, here in its middle: 1 s, 2 s and so on, then 15 s.
    expect(server.asked.length).toBeGreaterThan(3600 / 15);
    expect(server.asked.length).toBeLessThan(3600 / 15 + 10);
    expect(log.messages[0]).toBe('pods cannot be followed and are asked for again; logs are shipped all the same');
    server.faults.length = 0;
    await clock.advance(MINUTE_MS);
    expect(watch.synced).toBe(true);
  });

  test('a list that never comes is given up after a minute', async () => {
    const { server, watch, clock } = await benchOf((slow) => slow.faults.push(failure('idle')));
    await clock.advance(59_999);
    expect(server.asked).toStrictEqual(['list 0']);
    await clock.advance(1001);
    expect(watch.synced).toBe(true);
  });
});

describe('a watch that ends', () => {
  test.each(['closed', 'network', 'throttled', 'refused', 'server_error'] as const)(
    '%s: goes on where it was, without a list',
    async (reason) => {
      const { server, watch, cache, clock } = await benchOf();
      server.put(podLike());
      server.bookmark();
      await clock.advance(5000);
      server.end(failure(reason));
      server.put(podLike({ uid: 'u-2' }));
      await clock.advance(5000);
      expect(server.asked).toStrictEqual(['list 0', 'watch 1', 'watch 3']);
      expect([watch.lists, watch.restarts[reason], cache.size]).toStrictEqual([1, 1, 2]);
    },
  );

  test.each([
    ['expired', 'list 3'],
    ['error_event', 'list 3'],
    ['malformed', 'list 3'],
    ['version_too_large', 'list newest'],
    ['rejected', 'list newest'],
  ] as const)('%s: lists anew, no older than what it knows', async (reason, list) => {
    const { server, cache, clock } = await benchOf();
    server.put(podLike());
    server.bookmark();
    await clock.advance(5000);
    server.remove('u-1');
    server.put(podLike({ uid: 'u-2' }));
    server.version -= 2;
    server.end(failure(reason));
    await clock.advance(5000);
    expect(server.asked.slice(0, 3)).toStrictEqual(['list 0', 'watch 1', server.asked[2]]);
    expect(server.asked[2]).toBe(list.replace('3', String(5)));
    expect([...cache.pods].map(({ uid }) => uid)).toStrictEqual(['u-2']);
  });

  test('expired, and the list of its version too: the newest state', async () => {
    const { server, watch, clock } = await benchOf();
    server.faults.push(failure('expired'));
    server.end(failure('expired'));
    await clock.advance(5000);
    expect(server.asked).toStrictEqual(['list 0', 'watch 1', 'list 1', 'list newest', 'watch 1']);
    expect(watch.lists).toBe(3);
  });

  test('a server whose database was restored', async () => {
    const { server, cache, clock } = await benchOf();
    for (let n = 0; n < 10; n += 1) server.put(podLike({ uid: `u-${n}` }));
    server.pods.clear();
    server.restore();
    await clock.advance(5000);
    expect(server.asked).toStrictEqual(['list 0', 'watch 1', 'watch 11', 'list newest', 'watch 1']);
    expect(cache.size).toBe(0);
  });

  test('in silence: is given up after three minutes without even a bookmark', async () => {
    const { server, watch, clock } = await benchOf();
    await clock.advance(2 * MINUTE_MS);
    server.bookmark();
    await clock.advance(MINUTE_MS);
    server.mute();
    await clock.advance(2 * MINUTE_MS - 1);
    expect(server.asked).toHaveLength(2);
    await clock.advance(1001);
    expect(server.asked).toStrictEqual(['list 0', 'watch 1', 'watch 2']);
    expect(watch.restarts.idle).toBe(1);
  });

  test('is wanted for 5 to 10 minutes, at random', async () => {
    const clock = new FakeClock();
    const server = new ScriptedPodServer();
    const sink = new PodCache({ tombstoneMs: 0, maxTombstones: 0 }, clock);
    const stop = new AbortController();
    const done = new PodWatch({ server, sink, clock, log: new LogRecorder().throttled(clock) }, SPREAD_MS).run(stop.signal);
    for (let n = 0; n < 100; n += 1) {
      await clock.advance(MINUTE_MS);
      server.end(failure('closed'));
    }
    expect(Math.min(...server.timeouts)).toBeGreaterThanOrEqual(300);
    expect(Math.max(...server.timeouts)).toBeLessThan(600);
    expect(new Set(server.timeouts).size).toBeGreaterThan(50);
    stop.abort();
    await done;
  });

  test('when its time has come: is renewed at once', async () => {
    const { server, watch, clock } = await benchOf();
    for (let minutes = 0; minutes < 7; minutes += 1) {
      await clock.advance(MINUTE_MS);
      server.bookmark();
    }
    await clock.advance(29_000);
    expect(server.timeouts).toStrictEqual([450]);
    server.end(failure('closed'));
    await clock.advance(0);
    expect(server.asked).toStrictEqual(['list 0', 'watch 1', 'watch 8']);
    expect(watch.restarts.closed).toBe(1);
  });

  test('before its time, in good order: is resumed at a moment of the agent’s own', async () => {
    const { server, clock } = await benchOf();
    await clock.advance(100_000);
    server.end(failure('closed'));
    await clock.advance(SPREAD_MS / 2 - 1);
    expect(server.asked).toHaveLength(2);
    await clock.advance(1);
    expect(server.asked).toHaveLength(3);
  });

  test('is told to the operator when it is his to mend', async () => {
    const { server, clock, log } = await benchOf();
    server.end(failure('refused'));
    await clock.advance(1000);
    expect(log.messages).toStrictEqual([
      NO_POD,
      'the API server refuses to tell of pods; check the service account and its right to list and watch pods',
    ]);
  });

  test('in good order is no trouble', async () => {
    const { server, clock, log } = await benchOf();
    await clock.advance(5000);
    server.end(failure('closed'));
    await clock.advance(5000);
    expect(log.messages).toStrictEqual([NO_POD]);
  });
});

describe('the server is spared', () => {
  test('Retry-After is obeyed', async () => {
    const { server, clock } = await benchOf();
    server.end(failure('throttled', 20_000));
    await clock.advance(20_000);
    expect(server.asked).toHaveLength(2);
    await clock.advance(1000);
    expect(server.asked).toHaveLength(3);
  });

  test('one that ends every watch at once is asked less and less often', async () => {
    const { server, clock } = await benchOf((curt) =>
      curt.faults.push(...Array.from({ length: 10_000 }, () => failure('closed')).with(0, failure('network'))),
    );
    await clock.advance(60 * MINUTE_MS);
    expect(server.asked.length).toBeLessThan(3600 / 15 + 20);
  });

  test('one that fails in every watch it begins gets few lists', async () => {
    const { server, watch, clock } = await benchOf();
    for (let minutes = 0; minutes < 60; minutes += 1) {
      for (let n = 0; n < 60; n += 1) {
        if (server.watching) server.end(failure('error_event'));
        await clock.advance(1000);
      }
    }
    expect(watch.lists).toBeLessThan(3600 / 15 + 20);
  });
});

describe('a server whose watches may begin with all pods', () => {
  test('is asked once for all, and once more to resume', async () => {
    const { server, watch, cache, clock } = await benchOf(streaming);
    expect([server.asked, watch.synced, watch.lists]).toStrictEqual([['stream 0'], true, 1]);
    server.put(podLike({ uid: 'u-2' }));
    await clock.advance(5000);
    server.end(failure('closed'));
    await clock.advance(5000);
    expect([server.asked, cache.size, watch.lists]).toStrictEqual([['stream 0', 'watch 3'], 2, 1]);
  });

  test('pods that are gone by then are gone', async () => {
    const { server, cache, clock } = await benchOf(streaming);
    server.end(failure('network'));
    server.remove('u-1');
    server.put(podLike({ uid: 'u-2' }));
    server.compact();
    await clock.advance(10_000);
    expect(server.asked).toStrictEqual(['stream 0', 'watch 2', 'stream 2']);
    expect([...cache.pods]).toStrictEqual([podLike({ uid: 'u-2' })]);
  });

  test.each(['network', 'throttled', 'refused', 'version_too_large', 'expired'] as const)('%s: is asked so again', async (reason) => {
    const { server, watch, clock } = await benchOf((failing) => {
      streaming(failing);
      failing.faults.push(failure(reason));
    });
    await clock.advance(5000);
    const newest = reason === 'expired' || reason === 'version_too_large';
    expect(server.asked).toStrictEqual(['stream 0', newest ? 'stream newest' : 'stream 0']);
    expect(watch.synced).toBe(true);
  });

  test.each(['server_error', 'malformed', 'closed', 'error_event'] as const)('%s: is asked for lists from then on', async (reason) => {
    const { server, watch, clock } = await benchOf((failing) => {
      streaming(failing);
      failing.faults.push(failure(reason));
    });
    await clock.advance(5000);
    expect(server.asked).toStrictEqual(['stream 0', expect.stringMatching(/^list /), 'watch 2']);
    expect(watch.synced).toBe(true);
  });

  test('one that never says that these were all is asked for a list after a minute', async () => {
    const { server, watch, clock } = await benchOf((slow) => {
      streaming(slow);
      slow.faults.push(failure('idle'));
    });
    await clock.advance(59_999);
    expect([server.asked, watch.synced]).toStrictEqual([['stream 0'], false]);
    await clock.advance(1001);
    expect([server.asked, watch.synced]).toStrictEqual([['stream 0', 'list 0', 'watch 2'], true]);
  });

  test('one that rejects such watches is asked for a list at once', async () => {
    const { server, watch, log } = await benchOf((old) => old.put(podLike()));
    expect([server.asked, watch.synced, watch.lists, log.messages]).toStrictEqual([['list 0', 'watch 2'], true, 1, []]);
  });
});
