import { join } from 'node:path';
import { expect, test } from 'vitest';
import { AgentBench } from '../support/agent-bench.ts';
import { AuditWriter } from '../support/audit-writer.ts';
import { policyFile } from '../support/policy-file.ts';
import { tempDir } from '../support/temp-dir.ts';

const NONE_OF_SECRETS = `apiVersion: audit.k8s.io/v1
kind: Policy
rules:
- level: None
  resources:
  - group: ""
    resources: ["secrets"]
- level: Metadata
`;

test('what is done with audit events stays as it is while stages of container logs change', async () => {
  await using dir = await tempDir();
  const audit = new AuditWriter(join(dir.path, 'audit.log'));
  const config = {
    reload: { interval_seconds: 1 },
    audit: { log_path: audit.live, policy_file: await policyFile(NONE_OF_SECRETS) },
  };
  await using bench = await AgentBench.create({ loki: { auth: true }, config, output: { tenant: 'apps' } });
  const seconds = (): number => Math.floor(bench.clock.now() / 1000);
  audit.write({ seconds: seconds(), resource: 'pods' });
  await bench.start();
  await bench.until(() => bench.loki.counts.stored === 1);
  bench.configure({ config: { ...config, stages: [{ level: {} }] }, output: { tenant: 'apps' } });
  await bench.until(() => bench.log.messages.some((message) => message.startsWith('a changed configuration is in force')));
  audit.write({ seconds: seconds(), resource: 'secrets' });
  audit.write({ seconds: seconds(), resource: 'pods' });
  await bench.until(() => bench.loki.counts.stored >= 2);
  const resources = bench.loki
    .entries()
    .map(({ line }) => (JSON.parse(line.toString()) as { objectRef: { resource: string } }).objectRef.resource);
  expect(resources).toStrictEqual(['pods', 'pods']);
});
