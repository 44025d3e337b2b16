import { describe, expect, test } from 'vitest';
import { healthPage, readinessPage } from '../../agent/serve/probes.ts';

describe(healthPage, () => {
  test.each([
    ['all advance', [{ beatMs: 40_000, turnSinceMs: null }], 200],
    ['nothing runs yet', [], 200],
    ['polls stand still for a minute', [{ beatMs: 39_999, turnSinceMs: null }], 503],
    ['a turn takes a minute', [{ beatMs: 100_000, turnSinceMs: 39_999 }], 503],
    ['a turn is under way', [{ beatMs: 100_000, turnSinceMs: 40_000 }], 200],
    [
      'one of two is stuck',
      [
        { beatMs: 100_000, turnSinceMs: null },
        { beatMs: 0, turnSinceMs: null },
      ],
      503,
    ],
  ])('%s: %j', (_, beats, status) => {
    expect(healthPage(beats, 100_000).status).toBe(status);
  });
});

describe(readinessPage, () => {
  const good = {
    scans: 1,
    awaitsPods: false,
    spoolIsFull: false,
    lanes: [{ name: 'loki', tenant: null, required: true, state: 'reachable' }],
    undurable: null,
  };

  test.each([
    ['not before the node was scanned', 0, ['reachable'], 503],
    ['an output that was not needed yet', 1, ['untried'], 200],
    ['an output that stores', 1, ['reachable'], 200],
    ['a store that cannot be reached', 1, ['unreachable'], 503],
    ['a store that refuses the agent', 1, ['misconfigured'], 503],
    ['one of two is enough', 1, ['misconfigured', 'reachable'], 200],
  ])('%s', (_, scans, states, status) => {
    const lanes = states.map((state) => ({ name: 'loki', tenant: null, required: true, state }));
    expect(readinessPage({ ...good, scans, lanes }, 0).status).toBe(status);
  });

  test('a configuration file that is refused makes nobody unready, and is told of without what it says', () => {
    const outcomes = { applied: 0, unchanged: 0, refused: 1, failed: 0 };
    const reload = { state: 'refused', reasons: ['config.yaml:1:1 x: secret'], digest: 'abc', sinceSeconds: 0, outcomes } as const;
    const { status, body } = readinessPage({ ...good, reload }, 0);
    expect([status, body]).toStrictEqual([
      200,
      "ready\noutput loki: reachable\nconfiguration file: not in force for 1 reason(s), see the agent's log; in force is abc\n",
    ]);
  });

  test('an output that is not required makes nobody ready, unless there is no other', () => {
    const spare = { name: 'spare', tenant: null, required: false, state: 'reachable' };
    expect(readinessPage({ ...good, lanes: [{ name: 'loki', tenant: null, required: true, state: 'unreachable' }, spare] }, 0).status).toBe(
      503,
    );
    expect(
      readinessPage(
        {
          ...good,
          lanes: [
            { name: 'loki', tenant: null, required: true, state: 'reachable' },
            { ...spare, state: 'unreachable' },
          ],
        },
        0,
      ).status,
    ).toBe(200);
    expect(readinessPage({ ...good, lanes: [spare] }, 0).status).toBe(200);
  });

  test('not while what API servers post has no room', () => {
    const body = 'not ready: the spool of posted audit events is full (audit.webhook.spool_bytes), API servers are told to come again\n';
    expect(readinessPage({ ...good, spoolIsFull: true }, 0)).toMatchObject({ status: 503, body: `${body}output loki: reachable\n` });
  });

  test('says what is wrong with which output', () => {
    const lanes = [
      { name: 'a', tenant: 'x', required: true, state: 'misconfigured' },
      { name: 'b', tenant: null, required: true, state: 'unreachable' },
    ];
    expect(readinessPage({ ...good, lanes }, 0).body).toBe(
      'not ready: no output can be reached\noutput a: misconfigured\noutput b: unreachable\n',
    );
  });

  test('names the tenants of an output that has several', () => {
    const lanes = [
      { name: 'a', tenant: 'x', required: true, state: 'reachable' },
      { name: 'a', tenant: null, required: true, state: 'unreachable' },
    ];
    const body = 'ready\noutput a, tenant x: reachable\noutput a, no tenant: unreachable\n';
    expect(readinessPage({ ...good, lanes }, 0)).toMatchObject({ status: 200, body });
  });

  test('positions that are not on disk are given half a minute, then it says why and what to do', () => {
    const undurable = { sinceMs: 1000, why: 'EROFS: read-only file system' };
    expect(readinessPage({ ...good, undurable }, 31_000)).toMatchObject({ status: 200, body: 'ready\noutput loki: reachable\n' });
    expect(readinessPage({ ...good, undurable }, 31_001)).toMatchObject({
      status: 503,
      body:
        'not ready: positions cannot be written for 30 s (EROFS: read-only file system), a restart would repeat entries; ' +
        'free or repair state_dir\noutput loki: reachable\n',
    });
  });

  test('not while the pods of the node are waited for', () => {
    expect(readinessPage({ ...good, awaitsPods: true }, 0)).toMatchObject({
      status: 503,
      body: 'not ready: the API server has not said yet which pods this node has\noutput loki: reachable\n',
    });
  });

  test('says everything that is wrong', () => {
    const lanes = [{ name: 'loki', tenant: null, required: true, state: 'unreachable' }];
    expect(readinessPage({ ...good, lanes, undurable: { sinceMs: 0, why: 'EIO' } }, 60_000).body).toMatch(
      /^not ready: no output can be reached\nnot ready: positions cannot be written for 60 s \(EIO\).*\noutput loki: unreachable\n$/,
    );
  });
});
