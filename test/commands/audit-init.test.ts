import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { describe, expect, onTestFinished, test } from 'vitest';
import { auditCommand } from '../../agent/commands/audit.ts';
import { runCommand } from '../support/command-host.ts';
import { policyFile } from '../support/policy-file.ts';
import { tempDir } from '../support/temp-dir.ts';

async function directory(): Promise<string> {
  const created = await tempDir();
  onTestFinished(() => created[Symbol.asyncDispose]());
  return created.path;
}

interface Mounted {
  readonly name: string;
  readonly mountPath: string;
}

describe('logferry audit init', () => {
  test('writes a policy that check has nothing against', async () => {
    const { code, stdout } = await runCommand(auditCommand, ['init']);
    expect(code).toBe(0);
    const file = await policyFile(stdout);
    expect(await runCommand(auditCommand, ['check', file, '--strict'])).toMatchObject({ code: 0, stdout: `${file}: nothing found\n` });
  });

  test.each([
    ['alice', 'create', 'pods', 'Request'],
    ['alice', 'get', 'pods', 'Metadata'],
    ['alice', 'update', 'secrets', 'Metadata'],
    ['system:kube-proxy', 'watch', 'services', 'None'],
    ['system:kube-proxy', 'watch', 'secrets', 'Metadata'],
    ['system:kube-scheduler', 'watch', 'pods', 'None'],
    ['alice', 'create', 'rolebindings.rbac.authorization.k8s.io', 'RequestResponse'],
    ['alice', 'create', 'events', 'None'],
    ['alice', 'create', 'pods/exec', 'Metadata'],
  ])('in which %s %s %s is recorded at %s, %s', async (user, verb, resource, level) => {
    const file = await policyFile((await runCommand(auditCommand, ['init'])).stdout);
    const { stdout } = await runCommand(auditCommand, ['explain', file, '--user', user, '--verb', verb, '--resource', resource, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ level });
  });

  test('writes what enables it beside it', async () => {
    const dir = join(await directory(), 'audit');
    expect((await runCommand(auditCommand, ['init', '--dir', dir])).code).toBe(0);
    expect(readdirSync(dir)).toStrictEqual(['audit-policy.yaml', 'kube-apiserver-audit.yaml', 'kubeadm-audit.yaml']);
    const [, pod, kubeadm] = readdirSync(dir).map((name) => parse(readFileSync(join(dir, name), 'utf8')) as Record<string, unknown>);
    const { containers, volumes } = pod!['spec'] as { containers: [{ command: string[]; volumeMounts: Mounted[] }]; volumes: object[] };
    const { extraArgs, extraVolumes } = kubeadm!['apiServer'] as { extraArgs: { name: string; value: string }[]; extraVolumes: Mounted[] };
    expect(extraArgs.map(({ name, value }) => `--${name}=${value}`)).toStrictEqual(containers[0].command);
    expect(extraArgs).toContainEqual({ name: 'audit-policy-file', value: '/etc/kubernetes/audit-policy.yaml' });
    const paths = containers[0].volumeMounts.map(({ mountPath }) => mountPath);
    expect(paths).toStrictEqual(extraVolumes.map(({ mountPath }) => mountPath));
    expect(volumes).toMatchObject([
      { hostPath: { path: paths[0], type: 'File' } },
      { hostPath: { path: paths[1], type: 'DirectoryOrCreate' } },
    ]);
  });

  test('writes over nothing', async () => {
    const dir = await directory();
    writeFileSync(join(dir, 'audit-policy.yaml'), 'mine');
    const { code, stdout, stderr } = await runCommand(auditCommand, ['init', '--dir', dir]);
    expect({ code, stdout }).toStrictEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('is there already, and is left as it is');
    expect(readFileSync(join(dir, 'audit-policy.yaml'), 'utf8')).toBe('mine');
  });

  test('prints the files as JSON', async () => {
    const { stdout } = await runCommand(auditCommand, ['init', '--json']);
    const { files } = JSON.parse(stdout) as { files: Record<string, string> };
    expect(Object.keys(files)).toStrictEqual(['audit-policy.yaml', 'kube-apiserver-audit.yaml', 'kubeadm-audit.yaml']);
  });

  test('is misused by --dir with --json', async () => {
    expect(await runCommand(auditCommand, ['init', '--dir', 'a', '--json'])).toMatchObject({ code: 2 });
  });
});
