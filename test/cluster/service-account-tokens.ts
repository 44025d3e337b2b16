import type { Cluster } from './cluster.ts';

const NAMESPACE = 'logferry';

/** Tokens of the agent's service account; each is good as long as a secret that it is bound to. */
export class ServiceAccountTokens {
  readonly #cluster: Cluster;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** A token that `revoke` of the same name ends. */
  async issue(name: string): Promise<string> {
    await this.#cluster.apply(NAMESPACE, { apiVersion: 'v1', kind: 'Secret', metadata: { name } });
    const bound = ['--bound-object-kind=Secret', `--bound-object-name=${name}`];
    return (await this.#cluster.kubectl('--namespace', NAMESPACE, 'create', 'token', 'logferry', ...bound)).trim();
  }

  async revoke(name: string): Promise<void> {
    await this.#cluster.kubectl('--namespace', NAMESPACE, 'delete', 'secret', name);
  }
}
