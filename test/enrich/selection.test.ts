import { describe, expect, test } from 'vitest';
import { sourceOfId } from '../../agent/discover/log-path.ts';
import type { LogRule } from '../../agent/enrich/log-rule.ts';
import { Selection } from '../../agent/enrich/selection.ts';
import { CONVENTIONS } from '../../agent/model/exclusion.ts';
import type { Pod } from '../../agent/model/pod.ts';
import { podLike } from './some-pods.ts';

const SOURCE = sourceOfId('shop_cart-7d4b9c-x2x4p_u-1/web/0')!;

function selection({ include = [], exclude = [] }: { include?: LogRule[]; exclude?: LogRule[] }, pod: Pod | null = null): Selection {
  return new Selection({ include, exclude, conventions: CONVENTIONS }, { find: () => pod });
}

describe('a log is', () => {
  test.each<[string, LogRule, boolean]>([
    ['its namespace', { namespace: 'shop' }, true],
    ['another namespace', { namespace: 'sho' }, false],
    ['a pattern of its namespace', { namespace: 's*p' }, true],
    ['its container and namespace', { namespace: 'shop', container: 'we?' }, true],
    ['its namespace and another container', { namespace: 'shop', container: 'istio-*' }, false],
    ['its pod', { pod: 'cart-*' }, true],
    ['a label of its pod', { pod_labels: { tier: 'back*' } }, true],
    ['one label of its pod and another that it has not', { pod_labels: { tier: '*', team: '*' } }, false],
    ['a label of its pod and another namespace', { namespace: 'kube-*', pod_labels: { tier: '*' } }, false],
  ])('excluded by a rule that says %s, and included by it: %j', (_, rule, isMeant) => {
    const pod = podLike({ labels: { tier: 'backend' } });
    expect(selection({ exclude: [rule] }, pod).exclusionOf(SOURCE)).toBe(isMeant ? 'excluded' : null);
    expect(selection({ include: [rule] }, pod).exclusionOf(SOURCE)).toBe(isMeant ? null : 'not_included');
    expect(selection({ include: [rule], exclude: [rule] }, pod).exclusionOf(SOURCE)).toBe(isMeant ? 'excluded' : 'not_included');
  });

  test('collected when any rule includes it, and left out when any excludes it', () => {
    const rules = [{ namespace: 'kube-system' }, { namespace: 'shop' }];
    expect(selection({ include: rules }).exclusionOf(SOURCE)).toBeNull();
    expect(selection({ exclude: rules }).exclusionOf(SOURCE)).toBe('excluded');
  });

  test('collected as long as it depends on a pod that is not known', () => {
    const rule = { namespace: 'shop', pod_labels: { tier: '*' } };
    expect(selection({ include: [rule] }).exclusionOf(SOURCE)).toBeNull();
    expect(selection({ exclude: [rule] }).exclusionOf(SOURCE)).toBeNull();
  });
});

test('left out logs are counted by the reason', () => {
  const sources = ['shop_a_u-1/web/0', 'shop_b_u-2/web/0', 'kube-system_c_u-3/main/0', 'dev_d_u-4/main/0'].map((id) => sourceOfId(id)!);
  const counted = selection({ include: [{ namespace: 'shop' }, { namespace: 'kube-*' }], exclude: [{ pod: 'b' }] }).count(sources);
  expect(counted).toStrictEqual(
    new Map([
      ['excluded', 1],
      ['not_included', 1],
    ]),
  );
});
