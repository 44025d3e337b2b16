import { KubeConfig } from '@kubernetes/client-node';
import { expect, onTestFinished, test, vi } from 'vitest';
import { apiAddress } from '../../agent/kubernetes/api-address.ts';

const IN_CLUSTER = { KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443' };
const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

test('in a cluster: its service, its certificate and the token of the service account', () => {
  expect(apiAddress({}, IN_CLUSTER)).toStrictEqual({
    url: 'https://10.96.0.1:443',
    caFile: `${ACCOUNT}/ca.crt`,
    tokenFile: `${ACCOUNT}/token`,
    proxy: null,
  });
  expect(apiAddress({}, { ...IN_CLUSTER, KUBERNETES_SERVICE_HOST: 'fd00::1' })?.url).toBe('https://[fd00::1]:443');
  expect(apiAddress({ ca_file: '/ca', token_file: '/token' }, IN_CLUSTER)).toMatchObject({ caFile: '/ca', tokenFile: '/token' });
});

test('what is written holds, and then no token of the cluster is sent there', () => {
  const written = { api_server: 'https://api.test:6443' };
  expect(apiAddress(written, { ...IN_CLUSTER, HTTPS_PROXY: 'http://proxy:1' })).toStrictEqual({
    url: 'https://api.test:6443',
    caFile: null,
    tokenFile: null,
    proxy: new URL('http://proxy:1'),
  });
});

test.each([{}, { KUBERNETES_SERVICE_HOST: '10.96.0.1' }, { KUBERNETES_SERVICE_HOST: '', KUBERNETES_SERVICE_PORT: '443' }])(
  'no cluster: %j',
  (env) => expect(apiAddress({}, env)).toBeNull(),
);

test.each(['10.96.0.1', 'fd00::1', 'kubernetes.default.svc'])('the same as the official client, which weighs 20 MB: %s', (host) => {
  const env = { ...IN_CLUSTER, KUBERNETES_SERVICE_HOST: host };
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
  const official = new KubeConfig();
  official.loadFromCluster();
  const { server: url, caFile } = official.getCurrentCluster()!;
  const { tokenFile } = (official.getCurrentUser()!.authProvider as { config: { tokenFile: string } }).config;
  expect(apiAddress({}, env)).toStrictEqual({ url, caFile, tokenFile, proxy: null });
});
