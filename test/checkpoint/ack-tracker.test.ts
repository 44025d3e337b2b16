import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AckTracker } from '../../agent/checkpoint/ack-tracker.ts';
import { INITIAL_STATE, type ResumePoint } from '../../agent/model/position.ts';

function place(at: number): ResumePoint {
  const resume = { at, record: null, state: INITIAL_STATE };
  return [resume, resume];
}

describe(AckTracker, () => {
  test('I1 the second of two being settled moves nothing, the first then moves both', () => {
    const acks = new AckTracker();
    const settleFirst = acks.take(place(10));
    const settleSecond = acks.take(place(20));
    const current = (): ResumePoint => place(30);
    settleSecond();
    expect([acks.committable(current), acks.pending]).toStrictEqual([place(10), 2]);
    settleFirst();
    expect([acks.committable(current), acks.pending]).toStrictEqual([place(30), 0]);
  });

  test('I1 the place that may be written down is that of the oldest ticket that is open', () => {
    const actions = fc.array(fc.oneof(fc.constant('take' as const), fc.nat({ max: 50 })), { maxLength: 100 });
    fc.assert(
      fc.property(actions, (steps) => {
        const acks = new AckTracker();
        const tickets: { readonly at: number; readonly settle: () => void; open: boolean }[] = [];
        for (const step of steps) {
          if (step === 'take') {
            tickets.push({ at: tickets.length, settle: acks.take(place(tickets.length)), open: true });
          } else if (step < tickets.length) {
            // A ticket that is settled twice is no harm.
            tickets[step]!.settle();
            tickets[step]!.open = false;
          }
          const oldest = tickets.find(({ open }) => open);
          expect(acks.committable(() => place(1000))).toStrictEqual(place(oldest?.at ?? 1000));
        }
      }),
      { numRuns: 1000 },
    );
  });
});
