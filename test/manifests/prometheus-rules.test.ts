import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

const ROOT = join(import.meta.dirname, '../..');

test('the rules for Prometheus ask for metrics that the agent has', () => {
  const { groups } = parse(readFileSync(join(ROOT, 'manifests/prometheus/audit.yaml'), 'utf8')) as {
    groups: { rules: { alert: string; expr: string }[] }[];
  };
  const code = globSync('agent/serve/*.ts', { cwd: ROOT })
    .map((file) => readFileSync(join(ROOT, file), 'utf8'))
    .join('\n');
  const asked = groups.flatMap(({ rules }) => rules.flatMap(({ expr }) => expr.match(/logferry_\w+/g) ?? []));
  expect(asked).toHaveLength(3);
  for (const name of asked) expect(code).toContain(`'${name}'`);
});
