import { execFile } from 'node:child_process';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { eventually } from '../support/eventually.ts';

const run = promisify(execFile);
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** An object as the API takes it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly [field: string]: unknown;
}

export type Component = 'etcd' | 'kube-apiserver' | 'kubelet' | 'kube-controller-manager' | 'kube-scheduler' | 'kube-proxy';

/** The Kubernetes of one node that .ci/with-cluster has started around this process. */
export class Cluster {
  readonly #dir: string = fromEnvironment('CLUSTER_DIR');
  /** Where pods reach what listens on the node. */
  readonly nodeAddress: string = fromEnvironment('CLUSTER_NODE_ADDRESS');
  /** The administrator's. */
  readonly kubeconfig: string = fromEnvironment('KUBECONFIG');
  readonly nodeName: string = 'node-1';
  /** Holds `pods` and `containers`. */
  readonly logDir: string = '/var/log';

  get apiUrl(): string {
    return `https://${this.nodeAddress}:6443`;
  }

  get caFile(): string {
    return join(this.#dir, 'pki/ca.crt');
  }

  /** What kubectl prints. */
  async kubectl(...args: readonly string[]): Promise<string> {
    try {
      return (await run('kubectl', args, { maxBuffer: MAX_OUTPUT_BYTES })).stdout;
    } catch (error) {
      throw new Error(`kubectl ${args.join(' ')}: ${(error as { stderr?: string }).stderr}`, { cause: error });
    }
  }

  async get<T>(...args: readonly string[]): Promise<T> {
    return JSON.parse(await this.kubectl('get', ...args, '--output=json')) as T;
  }

  async makeNamespace(name: string): Promise<void> {
    await this.kubectl('create', 'namespace', name);
  }

  async deleteNamespace(name: string): Promise<void> {
    await this.kubectl('delete', 'namespace', name, '--timeout=120s');
  }

  async apply(namespace: string, ...objects: readonly Manifest[]): Promise<void> {
    const file = join(this.#dir, 'applied.json');
    writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
    await this.kubectl('--namespace', namespace, 'apply', '--filename', file);
  }

  /** Creates what the API server only answers, such as a review, and returns the answer. */
  async create<T>(object: object, ...options: readonly string[]): Promise<T> {
    const file = join(this.#dir, 'created.json');
    writeFileSync(file, JSON.stringify(object));
    return JSON.parse(await this.kubectl('create', '--validate=false', '--filename', file, '--output=json', ...options)) as T;
  }

  /** Gives the kubelet a pod that no API server has to know. */
  runStatic(namespace: string, pod: Manifest): void {
    const written = this.#staticPod(`.${pod.metadata.name}`);
    writeFileSync(written, JSON.stringify({ ...pod, metadata: { ...pod.metadata, namespace } }));
    renameSync(written, this.#staticPod(pod.metadata.name));
  }

  removeStatic(name: string): void {
    rmSync(this.#staticPod(name));
  }

  #staticPod(name: string): string {
    return join(this.#dir, 'static-pods', `${name}.json`);
  }

  /** Ends a component as SIGKILL does; it stays away until it is released. */
  kill(component: Component): void {
    writeFileSync(join(this.#dir, 'hold', component), '');
    process.kill(Number(readFileSync(join(this.#dir, 'pid', component), 'utf8')), 'SIGKILL');
  }

  release(component: Component): void {
    rmSync(join(this.#dir, 'hold', component));
  }

  /** Ends a component as SIGKILL does, and waits until the API server that comes back answers. */
  async restart(component: Component): Promise<void> {
    this.kill(component);
    this.release(component);
    await eventually(() => this.kubectl('get', '--raw', '/readyz'));
  }

  /** Makes etcd forget every state of the cluster but the present one. */
  async compactHistory(): Promise<void> {
    const { metadata } = JSON.parse(await this.kubectl('get', '--raw', '/api/v1/pods?limit=1')) as PodListHead;
    const body = JSON.stringify({ revision: metadata.resourceVersion, physical: true });
    const { status } = await fetch('http://127.0.0.1:2379/v3/kv/compaction', { method: 'POST', body });
    if (status !== 200) throw new Error(`etcd: ${status}`);
  }

  /** What service accounts of the namespace `logferry` have asked the API server for, request by request. */
  get audit(): AuditEvent[] {
    const lines = readFileSync(join(this.#dir, 'log/audit'), 'utf8').trimEnd().split('\n');
    return lines.map((line) => JSON.parse(line) as AuditEvent);
  }
}

interface PodListHead {
  /** The version is etcd's revision. */
  readonly metadata: { readonly resourceVersion: string };
}

/** As much of an audit event as tests look at (k8s.io/apiserver pkg/apis/audit/v1). */
export interface AuditEvent {
  readonly verb: string;
  readonly userAgent: string;
  readonly objectRef?: { readonly resource: string; readonly subresource?: string };
}

function fromEnvironment(variable: string): string {
  const value = process.env[variable];
  if (value === undefined) throw new Error(`${variable} is not set: these tests run inside of .ci/with-cluster`);
  return value;
}
