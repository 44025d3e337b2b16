import { expect } from 'vitest';
import { CONFINEMENT, type Container, OF_THE_NODE, type PodSpec, RIGHTS } from '../support/manifests.ts';
import type { Labels, RenderedObject } from './render.ts';

export interface DaemonSet extends RenderedObject {
  readonly spec: {
    readonly selector: { readonly matchLabels: Labels };
    readonly updateStrategy: object;
    readonly template: { readonly metadata: { readonly labels: Labels; readonly annotations?: Labels }; readonly spec: PodSpec };
  };
}

/** The object of a kind, and there is one. */
export function only(objects: readonly RenderedObject[], kind: string): RenderedObject {
  const found = objects.filter((object) => object.kind === kind);
  expect(found.map(({ metadata }) => metadata.name)).toHaveLength(1);
  return found[0]!;
}

export function daemonSetOf(objects: readonly RenderedObject[]): DaemonSet {
  return only(objects, 'DaemonSet') as DaemonSet;
}

export function agentOf(objects: readonly RenderedObject[]): Container {
  const { containers } = daemonSetOf(objects).spec.template.spec;
  expect(containers).toHaveLength(1);
  return containers[0]!;
}

/** What docs/security.md says of the pod, however it is installed; `seLinux` where a platform asks for a type. */
export function expectConfined(objects: readonly RenderedObject[], seLinux: object = {}): void {
  const { template, selector } = daemonSetOf(objects).spec;
  const agent = agentOf(objects);
  expect(agent['securityContext']).toEqual({ ...CONFINEMENT, ...seLinux });
  for (const key of [...OF_THE_NODE, 'securityContext']) expect(template.spec).not.toHaveProperty(key);
  expect(agent.volumeMounts.filter(({ readOnly }) => readOnly !== true).map(({ name }) => name)).toEqual(['state']);
  expect(template.metadata.labels).toMatchObject(selector.matchLabels);
  expect(rulesOf(objects, 'ClusterRole')).toEqual(RIGHTS);
}

/** Of all roles of a kind. */
export function rulesOf(objects: readonly RenderedObject[], kind: string): unknown[] {
  return objects.filter((object) => object.kind === kind).flatMap((role) => role['rules'] as unknown[]);
}
