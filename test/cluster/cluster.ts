import { execFile } from 'node:child_process';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** An object as the API takes it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly labels?: Readonly<Record<string, string>> };
  readonly [field: string]: unknown;
}

export type Component = 'etcd' | 'kube-apiserver' | 'kubelet' | 'kube-controller-manager' | 'kube-scheduler' | 'kube-proxy';

/** The Kubernetes of one node that .ci/with-cluster has started around this process. */
export class Cluster {
  readonly #dir: string = fromEnvironment('CLUSTER_DIR');
  /** Where pods reach what listens on the node. */
  readonly nodeAddress: string = fromEnvironment('CLUSTER_NODE_ADDRESS');
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

  async apply(...objects: readonly Manifest[]): Promise<void> {
    const file = join(this.#dir, 'applied.json');
    writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }));
    await this.kubectl('apply', '--filename', file);
  }

  /** Gives the kubelet a pod that no API server has to know. */
  runStatic(pod: Manifest): void {
    const written = this.#staticPod(`.${pod.metadata.name}`);
    writeFileSync(written, JSON.stringify(pod));
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
}

function fromEnvironment(variable: string): string {
  const value = process.env[variable];
  if (value === undefined) throw new Error(`${variable} is not set: these tests run inside of .ci/with-cluster`);
  return value;
}
