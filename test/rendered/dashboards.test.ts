import { expect, test } from 'vitest';
import { kustomize } from './render.ts';

test('the dashboard is a ConfigMap that the sidecar of Grafana finds', () => {
  const [map, ...more] = kustomize('dashboards');
  expect(more).toEqual([]);
  expect(map).toMatchObject({ kind: 'ConfigMap', metadata: { name: 'logferry-dashboard-audit', labels: { grafana_dashboard: '1' } } });
  expect(JSON.parse(map!.data!['audit.json']!)).toMatchObject({ uid: 'logferry-audit' });
});
