import assert from 'node:assert';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type AuditRemarks, checkAudit, isMountPoint } from '../../agent/commands/check-audit.ts';
import { parseConfig } from '../../agent/config/load.ts';
import { tempDir } from '../support/temp-dir.ts';

const HEAD = 'apiVersion: audit.k8s.io/v1\nkind: Policy\n';

async function remarksOn({ log = 'audit.log', policy }: { log?: string; policy?: string }): Promise<AuditRemarks> {
  const dir = await tempDir();
  onTestFinished(() => dir[Symbol.asyncDispose]());
  const policyFile = join(dir.path, 'policy.yaml');
  if (policy !== undefined) writeFileSync(policyFile, policy);
  const audit = { log_path: join(dir.path, log), ...(policy === undefined ? {} : { policy_file: policyFile }) };
  const outputs = [{ name: 'a', type: 'loki', url: 'http://loki/push' }];
  const loaded = parseConfig('f.yaml', JSON.stringify({ audit, outputs }), { env: {}, hostname: 'n' });
  assert(loaded.ok);
  return checkAudit('f.yaml', loaded.config);
}

describe(checkAudit, () => {
  test('has nothing to say of a directory that is there and a policy that is safe', async () => {
    expect(await remarksOn({ policy: `${HEAD}rules: [{level: Metadata}]\n` })).toEqual({ errors: [], warnings: [] });
  });

  test('warns of a directory that is not there', async () => {
    const { errors, warnings } = await remarksOn({ log: 'gone/audit.log' });
    expect(errors).toEqual([]);
    expect(warnings).toMatchObject([{ key: 'audit.log_path', message: expect.stringContaining('does not exist here') }]);
  });

  test('a policy that lets secrets through is a warning, one that is none an error', async () => {
    const leaking = await remarksOn({ policy: `${HEAD}rules: [{level: RequestResponse}]\n` });
    expect(leaking.errors).toEqual([]);
    expect(leaking.warnings).toContainEqual(expect.objectContaining({ check: 'leaks-secrets' }));
    const none = await remarksOn({ policy: 'kind: ConfigMap\n' });
    expect(none.errors).toContainEqual(expect.objectContaining({ check: 'wrong-document' }));
  });
});

describe(isMountPoint, () => {
  const mounts = [
    '36 35 98:0 /mnt1 /var/log/kubernetes/audit rw,noatime master:1 - ext3 /dev/root rw',
    '37 35 98:0 /audit.log /var/log/a\\040b/audit.log rw - ext4 /dev/root rw',
  ].join('\n');

  test.each([
    ['/var/log/a b/audit.log', true],
    ['/var/log/kubernetes/audit/audit.log', false],
    ['/dev/root', false],
  ])('%s: %s', (path, want) => {
    expect(isMountPoint(path, mounts)).toBe(want);
  });
});
