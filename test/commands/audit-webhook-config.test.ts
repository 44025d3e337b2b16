import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { auditCommand } from '../../agent/commands/audit.ts';
import { runCommand } from '../support/command-host.ts';
import { tempDir } from '../support/temp-dir.ts';

const URL = ['--url', 'https://10.0.0.1:9097'];
const CA = ['--ca-file', '/etc/kubernetes/pki/ca.crt'];
const CERT = ['--client-cert', '/etc/kubernetes/pki/client.crt', '--client-key', '/etc/kubernetes/pki/client.key'];
const TOKEN = ['--token-file', '/etc/kubernetes/tokens/audit "1"'];

function webhookConfig(...args: readonly string[]): ReturnType<typeof runCommand> {
  return runCommand(auditCommand, ['webhook-config', ...args]);
}

/** What stands in the comments, without their signs. */
function manifestIn(text: string): { spec: Spec } {
  const comments = text
    .split('\n')
    .filter((line) => line.startsWith('# '))
    .map((line) => line.slice(2));
  return parse(comments.slice(comments.indexOf('spec:')).join('\n')) as { spec: Spec };
}

interface Spec {
  readonly containers: readonly {
    readonly command: readonly string[];
    readonly volumeMounts: readonly { name: string; mountPath: string }[];
  }[];
  readonly volumes: readonly { readonly name: string; readonly hostPath: { readonly path: string } }[];
}

describe('logferry audit webhook-config', () => {
  test('prints what a client of Kubernetes reads as that server with that identity', async () => {
    const { code, stdout } = await webhookConfig(...URL, ...CA, ...CERT, ...TOKEN);
    expect(code).toBe(0);
    const config = new KubeConfig();
    config.loadFromString(stdout);
    expect(config.getCurrentCluster()).toMatchObject({ server: 'https://10.0.0.1:9097', caFile: '/etc/kubernetes/pki/ca.crt' });
    expect(config.getCurrentUser()).toMatchObject({
      certFile: '/etc/kubernetes/pki/client.crt',
      keyFile: '/etc/kubernetes/pki/client.key',
    });
    // Its field for client-go's tokenFile is another one.
    expect(parse(stdout)).toMatchObject({ users: [{ user: { tokenFile: '/etc/kubernetes/tokens/audit "1"' } }] });
  });

  test('an address on loopback needs no identity', async () => {
    for (const host of ['127.0.0.1', 'localhost', '[::1]']) {
      const { code, stdout } = await webhookConfig('--url', `https://${host}:9097`, ...CA);
      expect(code).toBe(0);
      const config = new KubeConfig();
      config.loadFromString(stdout);
      expect(config.getCurrentCluster()?.server).toBe(`https://${host}:9097`);
    }
  });

  test('the comments mount every directory that is named, but for that which kubeadm mounts', async () => {
    const { spec } = manifestIn((await webhookConfig(...URL, ...CA, ...TOKEN)).stdout);
    const [container] = spec.containers;
    const paths = ['/etc/kubernetes/audit-webhook', '/etc/kubernetes/tokens'];
    expect(container!.volumeMounts.map(({ mountPath }) => mountPath)).toEqual(paths);
    expect(spec.volumes.map(({ hostPath }) => hostPath.path)).toEqual(paths);
    expect(spec.volumes.map(({ name }) => name)).toEqual(container!.volumeMounts.map(({ name }) => name));
    expect(container!.command).toContain('--audit-webhook-config-file=/etc/kubernetes/audit-webhook/kubeconfig.yaml');
  });

  test('--out writes a file for root alone, and nothing over one that is there', async () => {
    await using dir = await tempDir();
    const out = join(dir.path, 'kubeconfig.yaml');
    expect(await webhookConfig(...URL, ...CA, ...TOKEN, '--out', out)).toMatchObject({ code: 0, stdout: `wrote ${out}\n` });
    expect(await readFile(out, 'utf8')).toBe((await webhookConfig(...URL, ...CA, ...TOKEN)).stdout);
    expect((await stat(out)).mode & 0o777).toBe(0o600);
    const again = await webhookConfig(...URL, ...CA, ...TOKEN, '--out', out);
    expect(again).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('is there already') as string });
    const nowhere = await webhookConfig(...URL, ...CA, ...TOKEN, '--out', join(dir.path, 'absent', 'file'));
    expect(nowhere).toMatchObject({ code: 1, stderr: expect.stringContaining('ENOENT') as string });
  });

  test.each([
    [[...CA, ...TOKEN], '--url is missing'],
    [['--url', 'http://10.0.0.1:9097', ...CA, ...TOKEN], '--url is no HTTPS address'],
    [['--url', 'https://user:secret@10.0.0.1', ...CA, ...TOKEN], '--url holds credentials'],
    [['--url', 'https://10.0.0.1/audit', ...CA, ...TOKEN], '--url has a path'],
    [[...URL, ...TOKEN], '--ca-file is missing'],
    [[...URL, '--ca-file', 'ca.crt', ...TOKEN], '--ca-file is no absolute path'],
    [[...URL, ...CA, '--token-file', '/a\u202eb'], '--token-file is no absolute path'],
    [[...URL, ...CA, ...CERT.slice(0, 2)], '--client-cert and --client-key belong together'],
    [[...URL, ...CA, ...CERT.slice(2)], '--client-cert and --client-key belong together'],
    [[...URL, ...CA], 'nothing says who the API server is'],
    [[...URL, ...CA, ...TOKEN, '--tokenfile', 'x'], 'did you mean --token-file?'],
  ])('%j is misuse: %s', async (args, message) => {
    const { code, stdout, stderr } = await webhookConfig(...args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('secret');
  });
});
