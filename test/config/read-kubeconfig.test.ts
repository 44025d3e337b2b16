import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import * as fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readKubeconfig } from '../../agent/config/read-kubeconfig.ts';
import { formatProblem } from '../../agent/config/problem.ts';
import { ApiServer } from '../../agent/kubernetes/api-server.ts';
import { kubeconfigAddress } from '../../agent/kubernetes/kubeconfig-address.ts';
import { FakeApiServer } from '../support/fake-api-server.ts';
import { LOOPBACK_CERT, LOOPBACK_KEY } from '../support/loopback-tls.ts';
import { tempDir } from '../support/temp-dir.ts';

const SERVER = 'https://10.96.0.1:6443';
const PEM = Buffer.from(LOOPBACK_CERT).toString('base64');

type Fields = Readonly<Record<string, unknown>>;

/** The text of a kubeconfig, JSON being YAML, whose current context is the second of two. */
function kubeconfig(cluster: Fields, user: Fields | null): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    preferences: {},
    clusters: [
      { name: 'other', cluster: { server: 'https://other.test' } },
      { name: 'ours', cluster },
    ],
    users: [
      { name: 'somebody', user: { token: 'of-somebody' } },
      { name: 'logferry', user },
    ],
    contexts: [
      { name: 'first', context: { cluster: 'other', user: 'somebody' } },
      { name: 'second', context: { cluster: 'ours', user: 'logferry', namespace: 'shop' } },
    ],
    'current-context': 'second',
  });
}

async function fileOf(text: string): Promise<string> {
  const dir = await tempDir();
  onTestFinished(() => dir[Symbol.asyncDispose]());
  for (const [name, content] of Object.entries({ 'ca.crt': LOOPBACK_CERT, 'me.crt': LOOPBACK_CERT, 'me.key': LOOPBACK_KEY })) {
    writeFileSync(join(dir.path, name), content);
  }
  const file = join(dir.path, 'config');
  writeFileSync(file, text);
  return file;
}

async function problemsOf(text: string): Promise<string[]> {
  const file = await fileOf(text);
  const read = await readKubeconfig(file);
  return read.ok ? [] : read.problems.map((problem) => formatProblem(problem).replace(`${file} `, ''));
}

function source(name: string, file: string, text: string): fc.Arbitrary<Fields> {
  const data = { [`${name}-data`]: Buffer.from(text).toString('base64') };
  return fc.constantFrom<Fields>({}, { [name]: file }, data, { [name]: '/nowhere', ...data });
}

const cluster = fc
  .tuple(
    fc.constantFrom(SERVER, `${SERVER}/`, 'https://rancher.test/k8s/clusters/c-1', 'http://[::1]:8001'),
    source('certificate-authority', 'ca.crt', LOOPBACK_CERT),
    fc.constantFrom<Fields>({}, { 'tls-server-name': 'api.test' }, { 'insecure-skip-tls-verify': false }),
  )
  .map(([server, ca, more]) => ({ server, ...ca, ...more }));
const insecure = fc.constant({ server: SERVER, 'insecure-skip-tls-verify': true });
const token = fc.constantFrom<Fields>({}, { token: 'abc' }, { token: '123' }, { token: '' });
const pair = fc.boolean().chain((inFile) => {
  const [cert, key] = [source('client-certificate', 'me.crt', LOOPBACK_CERT), source('client-key', 'me.key', LOOPBACK_KEY)];
  const isGiven = (fields: Fields): boolean => Object.keys(fields).length > 0;
  return inFile ? fc.tuple(cert.filter(isGiven), key.filter(isGiven)) : fc.constant<[Fields, Fields]>([{}, {}]);
});
const user = fc.tuple(token, pair).map(([token, [cert, key]]) => ({ ...token, ...cert, ...key }));

test('of a context it says what the official client makes of it, which weighs 20 MB', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(cluster, insecure), user, async (cluster, user) => {
      const file = await fileOf(kubeconfig(cluster, user));
      const read = await readKubeconfig(file);
      if (!read.ok) throw new Error(read.problems.map(formatProblem).join());
      const { serverName, insecureSkipVerify, ca, cert, key, token, server } = read.kubeconfig;
      const official = new KubeConfig();
      official.loadFromFile(file);
      const { caData, caFile, skipTLSVerify, tlsServerName, ...theirs } = official.getCurrentCluster()!;
      const { certData, certFile, keyData, keyFile, token: theirToken } = official.getCurrentUser()!;
      expect({ server: server.replace(/\/$/, ''), serverName: serverName ?? undefined, insecureSkipVerify }).toStrictEqual({
        server: theirs.server,
        serverName: tlsServerName,
        insecureSkipVerify: skipTLSVerify,
      });
      expect([ca, cert, key]).toStrictEqual([sourceOf(caFile, caData), sourceOf(certFile, certData), sourceOf(keyFile, keyData)]);
      expect(token).toStrictEqual(theirToken === undefined ? null : { text: theirToken });
    }),
    { numRuns: 100 },
  );
});

/** Data comes before a file, as in the official client's `bufferFromFileOrString` and in Go's. */
function sourceOf(file: string | undefined, data: string | undefined): object | null {
  if (data !== undefined) return { text: Buffer.from(data, 'base64').toString() };
  return file === undefined ? null : { file };
}

describe('is let in with', () => {
  test.each<[string, Fields]>([
    ['a token', { token: 'let-me-in' }],
    ['a file of a token, whose path begins at the kubeconfig, and which comes before a token', { tokenFile: 'token', token: 'another' }],
  ])('%s', async (_, user) => {
    await using server = await FakeApiServer.start({ tls: true });
    server.token = 'let-me-in';
    server.put({ uid: 'u-1', name: 'cart' });
    const file = await fileOf(kubeconfig({ server: server.url, 'certificate-authority-data': PEM }, user));
    writeFileSync(join(file, '../token'), 'let-me-in\n');
    const read = await readKubeconfig(file);
    if (!read.ok) throw new Error(read.problems.map(formatProblem).join());
    const address = kubeconfigAddress(read.kubeconfig, {});
    await using api = new ApiServer({ address, nodeName: 'node-1', userAgent: 'logferry/test', onRequest: () => undefined });
    expect(await api.list('0', new AbortController().signal)).toMatchObject({ kind: 'list', pods: [{ uid: 'u-1' }] });
  });
});

describe('says what is wrong with', () => {
  const good = { server: SERVER };
  const instead = 'name a token or a client certificate, such as `kubectl create token` and a kubeadm cluster give';
  test.each<[string, string, string]>([
    [
      'a program that it is to run',
      kubeconfig(good, { exec: { command: 'aws' } }),
      `users[1].user.exec: it names a program, and the agent, which is root, runs none; ${instead}`,
    ],
    [
      'a provider of tokens',
      kubeconfig(good, { 'auth-provider': { name: 'gcp' } }),
      `users[1].user.auth-provider: no client has these since Kubernetes 1.26; ${instead}`,
    ],
    ['somebody else', kubeconfig(good, { as: 'root' }), `users[1].user.as: the agent asks for nobody but itself; ${instead}`],
    [
      'a certificate without its key',
      kubeconfig(good, { 'client-certificate': 'me.crt' }),
      'users[1].user: client-certificate and client-key need each other, write both',
    ],
    [
      'data that are none',
      kubeconfig({ ...good, 'certificate-authority-data': 'bm9uZQ==' }, null),
      'clusters[1].cluster.certificate-authority-data: no PEM in base64, write it anew',
    ],
    [
      'a server that is none',
      kubeconfig({ server: '10.96.0.1' }, null),
      'clusters[1].cluster.server: not the address of an API server, write one like https://10.96.0.1:443',
    ],
    [
      'a proxy that it does not speak to',
      kubeconfig({ ...good, 'proxy-url': 'socks5://proxy' }, null),
      'clusters[1].cluster.proxy-url: not an HTTP proxy, write http://host:port',
    ],
    [
      'authorities that are not asked',
      kubeconfig({ ...good, 'certificate-authority-data': PEM, 'insecure-skip-tls-verify': true }, null),
      'clusters[1].cluster.insecure-skip-tls-verify: true beside a certificate authority, remove one of the two',
    ],
    ['no context', '{}', 'current-context: names no context, write one with kubectl config use-context NAME'],
    ['a context that is not there', 'current-context: us', 'contexts: has none of the name "us", which the current context asks for'],
  ])('%s', async (_, text, problem) => expect(await problemsOf(text)).toStrictEqual([problem]));

  test.each([
    ['- [', 'not valid YAML'],
    ['', 'current-context'],
    ['[]', 'current-context'],
  ])('a file that is something else: %j', async (text, word) => expect((await problemsOf(text)).join()).toContain(word));

  test('passwords, both words', async () => {
    const problems = await problemsOf(kubeconfig(good, { username: 'me', password: 'secret' }));
    expect(problems).toHaveLength(2);
    expect(problems.join()).not.toContain('secret');
  });

  test('a file that is not there', async () => {
    expect(await readKubeconfig('/nowhere/config')).toMatchObject({ ok: false, problems: [{ file: '/nowhere/config' }] });
  });
});

test('a proxy of its own comes before that of the environment', async () => {
  const env = { HTTPS_PROXY: 'http://environment.test:3128' };
  const proxies = [];
  for (const more of [{}, { 'proxy-url': 'http://own.test:3128' }]) {
    const read = await readKubeconfig(await fileOf(kubeconfig({ server: SERVER, ...more }, null)));
    proxies.push(read.ok ? kubeconfigAddress(read.kubeconfig, env).proxy?.hostname : read.problems);
  }
  expect(proxies).toStrictEqual(['environment.test', 'own.test']);
});
