import { randomBytes } from 'node:crypto';
import type { ApiAnswer, ApiCall, ApiClient } from './api-client.ts';
import { ADMIN, ALICE } from './identities.ts';

const NAMESPACE = 'vault';
const AT = `/api/v1/namespaces/${NAMESPACE}`;
const PATCHES = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** Makes requests that carry secrets in each way in which clients send or get them, each time with another secret, and remembers these. */
export class SecretTraffic {
  /** As they are used, not as they are sent. */
  readonly secrets: string[] = [];
  readonly #client: ApiClient;
  #requests = 0;

  constructor(client: ApiClient) {
    this.#client = client;
  }

  get requests(): number {
    return this.#requests;
  }

  async run(): Promise<void> {
    await this.#post('/api/v1/namespaces', { kind: 'Namespace', metadata: { name: NAMESPACE } });
    for (const [kind, path] of [
      ['Secret', `${AT}/secrets`],
      ['ConfigMap', `${AT}/configmaps`],
    ] as const) {
      await this.#store(kind, path);
      await this.#patch(kind, path);
      await this.#fail(kind, path);
      for (const read of [path, `${path}/written`, `${path}?watch=1&timeoutSeconds=1`]) await this.#send({ method: 'GET', path: read });
      await this.#send({ method: 'DELETE', path: `${path}/applied` });
      await this.#send({ method: 'DELETE', path });
    }
    await this.#tokens();
    await this.#pods();
  }

  async #store(kind: Kind, path: string): Promise<void> {
    await this.#post(path, { kind, metadata: { name: 'written' }, data: this.#data(kind) });
    const lastApplied = JSON.stringify({ apiVersion: 'v1', kind, metadata: { name: 'applied' }, data: this.#data(kind) });
    await this.#post(path, { kind, metadata: { name: 'applied', annotations: { [LAST_APPLIED]: lastApplied } }, data: this.#data(kind) });
    if (kind === 'Secret') await this.#post(path, { kind, metadata: { name: 'plain' }, stringData: { password: this.#secret() } });
    await this.#send({
      method: 'PUT',
      path: `${path}/written`,
      body: { apiVersion: 'v1', kind, metadata: { name: 'written' }, data: this.#data(kind) },
    });
  }

  async #patch(kind: Kind, path: string): Promise<void> {
    const value = Object.values(this.#data(kind))[0];
    await this.#send(patched(`${path}/written`, 'json', [{ op: 'add', path: '/data/json', value }]));
    for (const way of ['merge', 'strategic'] as const) await this.#send(patched(`${path}/written`, way, { data: this.#data(kind) }));
    const applied = { apiVersion: 'v1', kind, metadata: { name: 'written' }, data: this.#data(kind) };
    await this.#send(patched(`${path}/written?fieldManager=till&force=true`, 'apply', applied));
  }

  /** An API server quotes from what it does not take. */
  async #fail(kind: Kind, path: string): Promise<void> {
    const refused = [
      { kind, metadata: { name: 'no name at all' }, data: this.#data(kind) },
      { kind, metadata: { name: 'wrong' }, data: { number: 5, ...this.#data(kind) } },
      { kind, metadata: { name: 'wrong' }, data: { [`no key ${this.#secret()}`]: 'aGVsbG8=' } },
      { kind, metadata: { name: 'wrong' }, data: this.#secret() },
      { kind, metadata: { name: 'wrong' }, data: { password: `{"not base64": "${this.#secret()}"}` }, immutable: 'yes' },
    ];
    for (const body of refused) {
      await this.#post(path, body);
      await this.#send(patched(`${path}/written`, 'merge', body));
      await this.#send(patched(`${path}/written`, 'strategic', body));
      await this.#send({ method: 'POST', path, body: { apiVersion: 'v1', ...body } }, ALICE);
    }
    await this.#send(patched(`${path}/written`, 'json', [{ op: 'test', path: '/data/password', value: this.#secret() }]));
  }

  async #tokens(): Promise<void> {
    await this.#post(`${AT}/serviceaccounts`, { kind: 'ServiceAccount', metadata: { name: 'till' } });
    const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} };
    const { body } = await this.#send({ method: 'POST', path: `${AT}/serviceaccounts/till/token`, body: request });
    const { token } = (JSON.parse(body) as { status: { token: string } }).status;
    this.secrets.push(token);
    for (const shown of [token, this.#secret()]) {
      const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenReview', spec: { token: shown } };
      await this.#send({ method: 'POST', path: '/apis/authentication.k8s.io/v1/tokenreviews', body: review });
    }
  }

  async #pods(): Promise<void> {
    const env = [{ name: 'DATABASE_PASSWORD', value: this.#secret() }];
    const container = { name: 'app', image: 'localhost/emit:1', env, args: [`--password=${this.#secret()}`] };
    await this.#post(`${AT}/pods`, { kind: 'Pod', metadata: { name: 'till' }, spec: { containers: [container] } });
    const template = { metadata: { labels: { app: 'till' } }, spec: { containers: [container] } };
    const spec = { selector: { matchLabels: { app: 'till' } }, template };
    const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'till' }, spec };
    const deployments = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments`;
    await this.#send({ method: 'POST', path: deployments, body: deployment });
    const changed = [{ name: 'app', env: [{ name: 'API_TOKEN', value: this.#secret() }] }];
    await this.#send(patched(`${deployments}/till`, 'strategic', { spec: { template: { spec: { containers: changed } } } }));
    const value = this.#secret();
    await this.#send(
      patched(`${deployments}/till`, 'json', [{ op: 'replace', path: '/spec/template/spec/containers/0/env/0/value', value }]),
    );
    const command = encodeURIComponent(`--password=${this.#secret()}`);
    await this.#send({ method: 'POST', path: `${AT}/pods/till/exec?command=login&command=${command}&stdout=1` });
    for (const path of [deployments, `${AT}/pods/till`]) await this.#send({ method: 'GET', path });
  }

  #data(kind: Kind): Record<string, string> {
    const secret = this.#secret();
    return { password: kind === 'Secret' ? Buffer.from(secret).toString('base64') : secret };
  }

  /** With what JSON, HTML and URLs escape. */
  #secret(): string {
    const secret = `${randomBytes(12).toString('hex')}&"<${randomBytes(12).toString('hex')}`;
    this.secrets.push(secret);
    return secret;
  }

  #post(path: string, body: object): Promise<ApiAnswer> {
    return this.#send({ method: 'POST', path, body: { apiVersion: 'v1', ...body } });
  }

  #send(call: ApiCall, who: typeof ADMIN = ADMIN): Promise<ApiAnswer> {
    this.#requests += 1;
    return this.#client.send(who, call);
  }
}

type Kind = 'Secret' | 'ConfigMap';

function patched(path: string, way: keyof typeof PATCHES, body: object): ApiCall {
  return { method: 'PATCH', path, body, headers: { 'content-type': PATCHES[way] } };
}
