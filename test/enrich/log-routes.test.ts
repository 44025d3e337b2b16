import { describe, expect, test } from 'vitest';
import { sourceOfId } from '../../agent/discover/log-path.ts';
import { isKeptFrom, type LogRoute, routesOfLog } from '../../agent/enrich/log-routes.ts';
import type { LogRule } from '../../agent/enrich/log-rule.ts';
import { parseTenantTemplate, type TenantTemplate } from '../../agent/model/tenant-template.ts';
import { podLike } from './some-pods.ts';

const SOURCE = sourceOfId('shop_cart-x2x4p_u-1/web/0')!;
const POD = podLike({ labels: { team: 'a' }, namespaceLabels: { stage: 'prod' } });

interface Written {
  readonly logs?: LogRule;
  readonly isByLine?: boolean;
  readonly outputs?: readonly string[];
  readonly tenant?: string;
}

function rules(...written: readonly Written[]): LogRoute[] {
  return written.map(({ logs = null, isByLine = false, outputs = null, tenant }) => {
    const template = tenant === undefined ? null : (parseTenantTemplate(tenant) as TenantTemplate);
    return { logs, isByLine, outputs, tenant: template };
  }) as LogRoute[];
}

describe(routesOfLog, () => {
  test.each<[string, Written[], [number, string | null][]]>([
    ['none is for the log', [{ logs: { namespace: 'other' }, tenant: 'x' }], []],
    [
      'the first that matches holds',
      [{ logs: { namespace: 'other' } }, { logs: { namespace: 'sh*' }, tenant: 't' }, { tenant: 'u' }],
      [[1, 't']],
    ],
    [
      'of those by line all may, up to one for all lines',
      [{ isByLine: true }, { isByLine: true, tenant: 't' }, {}, { tenant: 'u' }],
      [
        [0, null],
        [1, 't'],
        [2, null],
      ],
    ],
    ['a tenant of the namespace', [{ tenant: 'team-{namespace}.x' }], [[0, 'team-shop.x']]],
    ['a tenant of labels', [{ tenant: '{namespace_label:stage}-{pod_label:team}' }], [[0, 'prod-a']]],
    ['no tenant without the label', [{ tenant: 'team-{pod_label:owner}' }], [[0, null]]],
    ['labels of the pod', [{ logs: { pod_labels: { team: 'b' } } }, { logs: { pod_labels: { team: '*' } }, tenant: 't' }], [[1, 't']]],
  ])('%s', (_, written, applied) => {
    expect(routesOfLog(rules(...written), SOURCE, POD)).toStrictEqual(applied);
  });

  test('what is asked of a pod that is not known does not match', () => {
    expect(routesOfLog(rules({ logs: { pod_labels: { team: 'a' } }, tenant: 't' }, { tenant: 'u' }), SOURCE, null)).toStrictEqual([
      [1, 'u'],
    ]);
  });
});

describe(isKeptFrom, () => {
  test.each<[string, Written[], boolean]>([
    ['no rule', [], false],
    ['a rule for others', [{ outputs: ['vault'] }], true],
    ['a rule for it too', [{ outputs: ['loki', 'vault'] }], false],
    ['a rule that names no output', [{ tenant: 't' }, { outputs: ['vault'] }], false],
    ['some lines go elsewhere, the rest to all', [{ isByLine: true, outputs: ['vault'] }], false],
    ['some lines go elsewhere, and so does the rest', [{ isByLine: true, outputs: ['spare'] }, { outputs: ['vault'] }], true],
    ['some lines come, the rest goes elsewhere', [{ isByLine: true, outputs: ['loki'] }, { outputs: ['vault'] }], false],
    ['a rule for another log', [{ logs: { namespace: 'other' }, outputs: ['vault'] }], false],
    ['labels that do not match', [{ logs: { pod_labels: { team: 'b' } }, outputs: ['vault'] }], false],
    ['labels that match', [{ logs: { pod_labels: { team: 'a' } }, outputs: ['vault'] }], true],
  ])('%s', (_, written, isKept) => {
    expect(isKeptFrom('loki', rules(...written), { source: SOURCE, pod: POD })).toBe(isKept);
  });

  test('what is not known keeps no log out', () => {
    const written = rules({ logs: { pod_labels: { team: 'b' } }, tenant: 't' }, { outputs: ['vault'] });
    expect(isKeptFrom('loki', written, { source: SOURCE, pod: POD })).toBe(true);
    expect(isKeptFrom('loki', written, { source: SOURCE, pod: null })).toBe(false);
  });
});
