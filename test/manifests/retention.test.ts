import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

const MANIFESTS = join(import.meta.dirname, '../../manifests');
const DAY_HOURS = 24;

function read(path: string): string {
  return readFileSync(join(MANIFESTS, path), 'utf8');
}

function daysOfPolicy(path: string): number {
  const { policy } = JSON.parse(read(path)) as { policy: { phases: { delete: { min_age: string; actions: object } } } };
  expect(policy.phases.delete.actions).toHaveProperty('delete');
  return Number(/^(\d+)d$/.exec(policy.phases.delete.min_age)![1]);
}

function daysOfPeriod(period: string): number {
  return Number(/^(\d+)h$/.exec(period)![1]) / DAY_HOURS;
}

test('Loki and Elasticsearch keep audit logs for a year, and others for a week', () => {
  const { overrides } = parse(read('loki/overrides.yaml')) as { overrides: { audit: { retention_period: string } } };
  const { limits_config } = parse(read('loki/loki.yaml')) as { limits_config: { retention_period: string } };
  const alone = parse(read('loki/audit-store.yaml')) as { limits_config: { retention_period: string } };
  const periods = [overrides.audit.retention_period, alone.limits_config.retention_period];
  expect([...periods.map(daysOfPeriod), daysOfPolicy('elasticsearch/audit-ilm.json')]).toEqual([365, 365, 365]);
  expect([daysOfPeriod(limits_config.retention_period), daysOfPolicy('elasticsearch/applications-ilm.json')]).toEqual([7, 7]);
});
