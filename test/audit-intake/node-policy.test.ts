import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readNodePolicy } from '../../agent/audit-intake/node-policy.ts';
import { tempDir } from '../support/temp-dir.ts';

async function policyFile(text: string | null): Promise<string> {
  const dir = await tempDir();
  onTestFinished(() => dir[Symbol.asyncDispose]());
  const file = join(dir.path, 'policy.yaml');
  if (text !== null) writeFileSync(file, text);
  return file;
}

describe(readNodePolicy, () => {
  test('reads what an API server would take', async () => {
    const file = await policyFile('apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{level: Metadata}]\n');
    expect((await readNodePolicy(file)).rules).toHaveLength(1);
  });

  test.each([
    ['a missing file', null, 'there is no such file'],
    ['another document', 'kind: ConfigMap\n', 'audit.k8s.io/v1'],
    ['no YAML', '{', 'policy.yaml:'],
  ])('%s keeps the agent from running: more would leave the node than is meant to', async (_, text, why) => {
    const file = await policyFile(text);
    await expect(readNodePolicy(file)).rejects.toMatchObject({ code: 'EPOLICY', message: expect.stringContaining(why) });
  });
});
