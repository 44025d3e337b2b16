import { describe, expect, test } from 'vitest';
import type { RateRuleConfig } from '../../agent/config/rate-rules-schema.ts';
import { sourceOfId } from '../../agent/discover/log-path.ts';
import type { FoundPod } from '../../agent/enrich/pod-lookup.ts';
import { RateRules } from '../../agent/assembly/rate-rules.ts';
import { podLike } from '../enrich/some-pods.ts';
import { FakeClock } from '../support/fake-clock.ts';

const CART = sourceOfId('shop_cart_u-1/web/0')!;

function ruleLike(differing: Partial<RateRuleConfig> = {}): RateRuleConfig {
  return { per: 'container', rate_bytes: 1000, burst_bytes: 1000, over: 'pause', drop_below_seconds: 60, ...differing };
}

function rulesOf(rules: RateRuleConfig[], podOf: (() => FoundPod) | null = null, clock = new FakeClock()): RateRules {
  return new RateRules({ rules, podOf, clock });
}

describe(RateRules, () => {
  test('of the rules for containers and of those for namespaces the first holds that names a log', () => {
    const rules = rulesOf([
      ruleLike({ logs: { namespace: 'other' } }),
      ruleLike({ per: 'namespace', over: 'drop' }),
      ruleLike({ logs: { container: 'w*' } }),
      ruleLike(),
    ]);
    expect(
      rules
        .follow(CART)()
        .map(({ rule }) => [rule.name, rule.dropBelowSeconds]),
    ).toStrictEqual([
      ['limits.rules[2]', null],
      ['limits.rules[1]', 60],
    ]);
    expect(rulesOf([ruleLike({ logs: { namespace: 'other' } })]).follow(CART)()).toStrictEqual([]);
    expect(rulesOf([]).follow(CART)()).toStrictEqual([]);
  });

  test('without a burst of its own a rule lets through at once what comes together in ten seconds', () => {
    const [limit] = rulesOf([{ per: 'container', rate_bytes: 2000, over: 'pause', drop_below_seconds: 60 }]).follow(CART)();
    expect(limit!.sendableBytes(0)).toBe(20_000);
  });

  test('restarts of a container share its limit, containers of a namespace theirs, and no others', () => {
    const rules = rulesOf([ruleLike(), ruleLike({ per: 'namespace' })]);
    const limitsOf = (id: string): unknown[] => [...rules.follow(sourceOfId(id)!)()];
    const [own, shared] = limitsOf('shop_cart_u-1/web/0');
    expect(limitsOf('shop_cart_u-1/web/1')[0]).toBe(own);
    expect(limitsOf('shop_cart_u-1/db/0')[0]).not.toBe(own);
    expect(limitsOf('shop_cart_u-2/web/0')[0]).not.toBe(own);
    expect(limitsOf('shop_cart_u-2/web/0')[1]).toBe(shared);
    expect(limitsOf('bank_cart_u-1/web/0')[1]).not.toBe(shared);
  });

  test('a rule that asks for labels holds once the pod is known', () => {
    let pod: FoundPod = 'later';
    const limits = rulesOf([ruleLike({ logs: { pod_labels: { app: 'cart' } } }), ruleLike()], () => pod).follow(CART);
    const name = (): string | undefined => limits()[0]?.rule.name;
    expect(name()).toBe('limits.rules[1]');
    pod = podLike({ labels: { app: 'cart' } });
    expect(name()).toBe('limits.rules[0]');
    pod = podLike();
    expect(name()).toBe('limits.rules[0]');
  });

  test('I3 limits of containers that are gone are forgotten, those that are in use are not', () => {
    const clock = new FakeClock();
    const rules = rulesOf([ruleLike()], null, clock);
    const [used] = rules.follow(CART)();
    used!.sent(1_000_000, 0);
    const idle = rules.follow(sourceOfId('shop_idle_u/web/0')!)()[0];
    for (let n = 0; n < 1000; n += 1) rules.follow(sourceOfId(`shop_cart_n-${n}/web/0`)!)();
    expect(rules.follow(CART)()[0]).toBe(used);
    expect(rules.follow(sourceOfId('shop_idle_u/web/0')!)()[0]).not.toBe(idle);
  });

  test('I3 namespaces are counted by name up to a bound, the others together', () => {
    const rules = rulesOf([ruleLike()]);
    for (let n = 0; n < 1000; n += 1) rules.follow(sourceOfId(`n-${n}_cart_u/web/0`)!)();
    expect(rules.uses.size).toBe(201);
    expect([...rules.uses.keys()].at(-1)).toBe('(others)');
  });
});
