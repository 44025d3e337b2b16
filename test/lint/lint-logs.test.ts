import { describe, expect, test } from 'vitest';
import { sourceOfId } from '../../agent/discover/log-path.ts';
import { LintLogs } from '../../agent/lint/lint-logs.ts';
import type { Source } from '../../agent/model/source.ts';
import { FakeClock } from '../support/fake-clock.ts';

function sourcesNamed(...ids: readonly string[]): Source[] {
  return ids.map((id) => sourceOfId(id)!);
}

/** Of a container `c<n>`, longer the larger its number. */
function longLine({ container }: Source): Buffer[] {
  return [Buffer.from('x'.repeat(1000 + Number(container.slice(1))))];
}

describe(LintLogs, () => {
  test('tells shares of containers of a name together, as they were in the last round', async () => {
    const clock = new FakeClock();
    const stop = new AbortController();
    let fine = false;
    const lint = new LintLogs({
      intervalMs: 60_000,
      clock,
      sources: () => sourcesNamed('shop_cart-1_u1/app/0', 'shop_cart-2_u2/app/0', 'shop_cart-2_u2/quiet/0'),
      lines: ({ pod, container }) => {
        if (container === 'quiet') return [];
        return [Buffer.from(pod === 'cart-1' || fine ? '12:00:00 ERROR' : '12:00:00 words')];
      },
    });
    const running = lint.run(stop.signal);
    await clock.advance(59_000);
    expect(lint.shares).toStrictEqual([]);
    await clock.advance(2000);
    const of = { namespace: 'shop', container: 'app' };
    expect(lint.shares).toContainEqual({ ...of, finding: 'no_level', share: 0.5 });
    expect(lint.shares).toContainEqual({ ...of, finding: 'no_time', share: 0 });
    fine = true;
    await clock.advance(61_000);
    expect(lint.shares.filter(({ share }) => share > 0)).toStrictEqual([]);
    stop.abort();
    await running;
  });

  test('I3 tells of a bounded number of containers, those that log the most', async () => {
    const clock = new FakeClock();
    const stop = new AbortController();
    const ids = Array.from({ length: 300 }, (_, n) => `shop_p-${n}_u/c${n}/0`);
    const lint = new LintLogs({ intervalMs: 1000, clock, sources: () => sourcesNamed(...ids), lines: longLine });
    const running = lint.run(stop.signal);
    await clock.advance(1000 + 300 * 20);
    const containers = new Set(lint.shares.map(({ container }) => container));
    expect([containers.size, containers.has('c299'), containers.has('c199')]).toStrictEqual([100, true, false]);
    stop.abort();
    await running;
  });
});
