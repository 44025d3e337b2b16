import { describe, expect, test } from 'vitest';
import { ForbiddenSecrets } from '../../agent/audit/forbidden-secrets.ts';

interface Refusal {
  readonly id: number;
  readonly seconds: number;
  readonly user?: string;
  readonly code?: string;
  readonly resource?: string;
  readonly channel?: number;
}

/** Who was told of, in order, after these events. */
function toldAfter(refusals: readonly Refusal[], threshold = { requests: 10, seconds: 60 }): string[] {
  const watch = new ForbiddenSecrets(threshold);
  return refusals.flatMap(({ id, seconds, user = 'eve', code = '403', resource = 'secrets', channel = 2 }) => {
    const metadata = [
      ['user', user],
      ['resource', resource],
      ['code', code],
      ['audit_id', `id-${id}`],
    ] as const;
    const told = watch.observe({ channel, time: [seconds, 0], metadata });
    return told === null ? [] : [told];
  });
}

const ten = Array.from({ length: 10 }, (_, id) => ({ id, seconds: 1000 + id * 6 }));

describe(ForbiddenSecrets, () => {
  test('tells of a user with the tenth refusal within a minute, and again with the twentieth', () => {
    expect(toldAfter(ten.slice(0, 9))).toEqual([]);
    expect(toldAfter(ten)).toEqual(['eve']);
    expect(toldAfter([...ten, ...ten.map(({ id, seconds }) => ({ id: id + 10, seconds }))])).toEqual(['eve', 'eve']);
  });

  test.each([
    ['over more than a minute', ten.map(({ id }) => ({ id, seconds: 1000 + id * 7 }))],
    ['of one request that comes again', ten.map(({ seconds }) => ({ id: 0, seconds }))],
    ['at another stage', ten.map((refusal) => ({ ...refusal, channel: 1 }))],
    ['of other resources', ten.map((refusal) => ({ ...refusal, resource: 'pods' }))],
    ['that were none', ten.map((refusal) => ({ ...refusal, code: '200' }))],
    ['of several users', ten.map((refusal) => ({ ...refusal, user: `user-${refusal.id % 2}` }))],
  ])('says nothing of refusals %s', (_, refusals) => {
    expect(toldAfter(refusals)).toEqual([]);
  });

  test('how many within how long is as configured', () => {
    expect(toldAfter(ten, { requests: 3, seconds: 13 })).toEqual(['eve', 'eve', 'eve']);
    expect(toldAfter(ten, { requests: 3, seconds: 12 })).toEqual([]);
  });

  test('I3 remembers a thousand users: who was refused longest ago is forgotten first', () => {
    const others = Array.from({ length: 1000 }, (_, n) => ({ id: n, seconds: 1054, user: `user-${n}` }));
    expect(toldAfter([...ten.slice(0, 9), ...others, ten[9]!])).toEqual([]);
    expect(toldAfter([...ten.slice(0, 9), ...others.slice(1), ten[9]!])).toEqual(['eve']);
  });
});
