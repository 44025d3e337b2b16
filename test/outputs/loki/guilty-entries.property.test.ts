import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type PushAnswer, PushEndpoint } from '../../../agent/demo/push-endpoint.ts';
import type { LokiLimits } from '../../../agent/demo/push-rules.ts';
import { ENTRY_REFUSALS } from '../../../agent/model/verdict.ts';
import type { PushedEntry, PushedStream } from '../../../agent/outputs/loki/decode-push.ts';
import { guiltyEntries, refusedEntries } from '../../../agent/outputs/loki/guilty-entries.ts';
import { limitedStreams } from '../../../agent/outputs/loki/limited-streams.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { pushedStreams, randomPush, type RandomPush } from '../../support/random-pushes.ts';

const NOW_MS = 1_714_564_800_345;

/** Pushes go to one imitation of Loki, one after the other, each with what it answered and what it has of it. */
function send(pushes: readonly RandomPush[], limits: Partial<LokiLimits> = {}): Sent[] {
  const stored = new Set<PushedEntry>();
  const known = new Set<PushedEntry>();
  const store = { store: (_: unknown, entry: PushedEntry, isKnown: boolean) => (isKnown ? known : stored).add(entry) };
  const endpoint = new PushEndpoint({ store, clock: new FakeClock({ nowMs: NOW_MS }), limits: { burstBytes: 1e9, ...limits } });
  return pushes.map((push, attempt) => {
    const streams = pushedStreams(push, NOW_MS, 'run', attempt);
    const { status, message } = endpoint.push('tenant', streams, 1);
    const entries = streams.flatMap(({ entries }) => entries);
    const missing = entries.flatMap((entry, index) => (stored.has(entry) || known.has(entry) ? [] : [index]));
    return { streams, status, text: `${message}\n`, missing, isNew: (entry) => stored.has(entry) };
  });
}

interface Sent {
  readonly streams: readonly PushedStream[];
  readonly status: PushAnswer['status'];
  readonly text: string;
  /** Indices of the entries that are not stored. */
  readonly missing: readonly number[];
  readonly isNew: (entry: PushedEntry) => boolean;
}

function indices(guilty: readonly { readonly index: number }[] | null): number[] | null {
  return guilty?.map(({ index }) => index) ?? null;
}

test('I5 I6 the guilty are exactly the entries that are not stored, or not known', () => {
  fc.assert(
    fc.property(fc.array(randomPush, { minLength: 1, maxLength: 3 }), (pushes) => {
      for (const { streams, status, text, missing } of send(pushes)) {
        if (status !== 400) continue;
        const guilty = indices(guiltyEntries(text, streams));
        if (guilty !== null) expect(guilty).toStrictEqual(missing);
        const refused = indices(refusedEntries(text, streams));
        expect(missing).toStrictEqual(expect.arrayContaining(refused ?? []));
        if (refused !== null) expect(refused.length).toBeGreaterThan(0);
      }
    }),
    { numRuns: 1000 },
  );
});

test('every reason is told sooner or later, but for the one that stands for none', () => {
  const pushes = fc.sample(fc.array(randomPush, { minLength: 1, maxLength: 2 }), { seed: 1, numRuns: 200 });
  const told = pushes.flatMap((push) => send(push)).flatMap(({ text, streams }) => refusedEntries(text, streams) ?? []);
  expect(new Set([...told.map(({ reason }) => reason), 'invalid'])).toStrictEqual(new Set(ENTRY_REFUSALS));
});

test('I6 the guilty of one stream in order of time are always known', () => {
  const oneInOrder = randomPush.map(({ streams }) => ({ streams: streams.slice(0, 1), inOrder: true }));
  fc.assert(
    fc.property(oneInOrder, (push) => {
      for (const { streams, status, text, missing } of send([push])) {
        const times = new Set(streams[0]?.entries.map(({ seconds, nanos }) => `${seconds}.${nanos}`));
        fc.pre(times.size === streams[0]?.entries.length);
        if (status === 400) expect(indices(guiltyEntries(text, streams))).toStrictEqual(missing);
      }
    }),
  );
});

test('a stream that is limited has nothing new, and the others are not named', () => {
  const limits = { streamRateBytes: 1, streamBurstBytes: 80, maxStreams: 2 };
  fc.assert(
    fc.property(fc.array(randomPush, { minLength: 1, maxLength: 3 }), (pushes) => {
      for (const { streams, status, text, isNew } of send(pushes, limits)) {
        if (status !== 429) continue;
        const named = limitedStreams(text, streams);
        expect(named).toHaveLength(1);
        expect(named?.flatMap((index) => streams[index]!.entries).some(isNew)).toBe(false);
      }
    }),
  );
});
