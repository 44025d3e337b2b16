import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';

export const BASE: string = join(import.meta.dirname, '../../manifests/base');

/** The security context of the agent's container, as docs/security.md has it. */
export const CONFINEMENT = {
  runAsUser: 0,
  runAsGroup: 0,
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  readOnlyRootFilesystem: true,
  seccompProfile: { type: 'RuntimeDefault' },
} as const;

/** Namespaces that a pod may share with its node; the agent's shares none. */
export const OF_THE_NODE: readonly string[] = ['hostNetwork', 'hostPID', 'hostIPC'];

/** The rules of the agent's ClusterRole. */
export const RIGHTS: readonly object[] = [{ apiGroups: [''], resources: ['pods'], verbs: ['list', 'watch'] }];

/** As much of a Kubernetes object as these tests look at. */
export interface KubernetesObject {
  readonly kind: string;
  readonly metadata?: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
}

export interface PodSpec {
  readonly terminationGracePeriodSeconds: number;
  readonly containers: readonly Container[];
  readonly volumes: readonly Volume[];
  readonly [key: string]: unknown;
}

export interface Container {
  readonly args: readonly string[];
  readonly env: readonly { readonly name: string }[];
  readonly ports: readonly { readonly containerPort: number }[];
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[];
  readonly [key: string]: unknown;
}

interface Volume {
  readonly name: string;
  readonly hostPath?: { readonly path: string; readonly type: string };
}

/** Every object of one file of the base. */
export function objectsIn(file: string): KubernetesObject[] {
  return parseAllDocuments(readFileSync(join(BASE, file), 'utf8')).map((document) => {
    if (document.errors.length > 0) throw new Error(`${file}: ${document.errors.join('; ')}`);
    return document.toJS() as KubernetesObject;
  });
}

/** The only object of one file; its shape is the caller's to know. */
export function onlyObjectIn(file: string): unknown {
  const [object, ...more] = objectsIn(file);
  if (object === undefined || more.length > 0) throw new Error(`${file} holds ${more.length + 1} objects, not one`);
  return object;
}
