import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BASE } from '../support/manifests.ts';
import { tempDir } from '../support/temp-dir.ts';
import type { Cluster } from './cluster.ts';
import { NodeLoki, TENANT } from './node-loki.ts';

/** What the DaemonSet of the manifests asks for, and nobody has to pull. */
export const IMAGE = 'logferry:0.1.0';
const NAMESPACE = 'logferry';
const DAEMON_SET = 'daemonset/logferry';
/** The Loki of the manifests' configuration; there is no DNS in this cluster. */
const WRITTEN_LOKI = 'http://loki-gateway.loki.svc';
const OVERLAY = `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: ${NAMESPACE}
resources: [base]
configMapGenerator:
  - { name: logferry, behavior: replace, files: [config.yaml] }
`;

interface AgentPod {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
  readonly status: {
    readonly podIP: string;
    readonly containerStatuses: readonly { readonly ready: boolean; readonly restartCount: number }[];
  };
}

/** The agent as its manifests run it, but for the address of Loki, the tenant and the metadata of its lines. */
export class AgentDaemonSet {
  readonly #cluster: Cluster;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  /** Applies an overlay of the manifests and waits until the agent is ready. */
  async apply(): Promise<void> {
    await using overlay = await tempDir();
    cpSync(BASE, join(overlay.path, 'base'), { recursive: true });
    writeFileSync(join(overlay.path, 'kustomization.yaml'), OVERLAY);
    writeFileSync(join(overlay.path, 'config.yaml'), this.#config());
    await this.#cluster.kubectl('apply', '--kustomize', overlay.path);
    await this.#ready();
  }

  /** The service account and its role alone: what a client needs that asks as the agent. */
  async applyRights(): Promise<void> {
    for (const file of ['namespace.yaml', 'service-account.yaml']) await this.#applyFile(file, '--namespace', NAMESPACE);
    await this.#applyFile('rbac.yaml');
  }

  async #applyFile(file: string, ...options: readonly string[]): Promise<void> {
    await this.#cluster.kubectl(...options, 'apply', '--filename', join(BASE, file));
  }

  #config(): string {
    const written = readFileSync(join(BASE, 'config.yaml'), 'utf8');
    const ours = written
      .replace(WRITTEN_LOKI, NodeLoki.urlOn(this.#cluster.nodeAddress))
      .replace('# tenant: team-a ', `tenant: ${TENANT} `);
    if (!ours.includes(`tenant: ${TENANT}`)) throw new Error('the configuration of the manifests has changed its shape');
    return `${ours}labels:\n  metadata: [pod, restart_count]\n`;
  }

  /** As an operator does it; the next agent is another pod. */
  async rolloutRestart(): Promise<void> {
    await this.#cluster.kubectl('--namespace', NAMESPACE, 'rollout', 'restart', DAEMON_SET);
    await this.#ready();
  }

  async deletePod(): Promise<void> {
    const { metadata } = await this.#pod();
    await this.#cluster.kubectl('--namespace', NAMESPACE, 'delete', 'pod', metadata.name);
    await this.#ready();
  }

  async #ready(): Promise<void> {
    await this.#cluster.kubectl('--namespace', NAMESPACE, 'rollout', 'status', DAEMON_SET, '--timeout=90s');
  }

  /** How often the container of the pod was started again; a kill for want of memory would show. */
  async restarts(): Promise<number> {
    const { status } = await this.#pod();
    return status.containerStatuses.reduce((sum, { restartCount }) => sum + restartCount, 0);
  }

  /** The sum of a metric's samples. */
  async metric(name: string): Promise<number> {
    const { status } = await this.#pod();
    const body = await (await fetch(`http://${status.podIP}:9095/metrics`)).text();
    const samples = body.split('\n').filter((line) => line.startsWith(`${name} `) || line.startsWith(`${name}{`));
    return samples.reduce((sum, sample) => sum + Number(sample.slice(sample.lastIndexOf(' '))), 0);
  }

  async #pod(): Promise<AgentPod> {
    const { items } = await this.#cluster.get<{ items: readonly AgentPod[] }>('pods', '--namespace', NAMESPACE);
    const pod = items.find(({ metadata }) => metadata.deletionTimestamp === undefined);
    if (pod === undefined) throw new Error('no pod of the agent');
    return pod;
  }
}
