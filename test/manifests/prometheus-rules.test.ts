import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

const ROOT = join(import.meta.dirname, '../..');

test.each([
  ['audit.yaml', 3],
  ['config.yaml', 3],
])('the rules for Prometheus in %s ask for metrics that the agent has', (file, metrics) => {
  const { groups } = parse(readFileSync(join(ROOT, 'manifests/prometheus', file), 'utf8')) as {
    groups: { rules: { alert: string; expr: string }[] }[];
  };
  const code = globSync('agent/serve/*.ts', { cwd: ROOT })
    .map((file) => readFileSync(join(ROOT, file), 'utf8'))
    .join('\n');
  const asked = groups.flatMap(({ rules }) => rules.flatMap(({ expr }) => expr.match(/logferry_\w+/g) ?? []));
  expect(asked).toHaveLength(metrics);
  for (const name of asked) expect(code).toContain(`'${name}'`);
});
