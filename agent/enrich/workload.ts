import type { Owner, Pod } from '../model/pod.ts';

/** Set on a Deployment's pods and ReplicaSets; the ReplicaSet's name ends in it (kubernetes pkg/controller/deployment/sync.go). */
export const TEMPLATE_HASH = 'pod-template-hash';
/** A Job of a CronJob is named after its scheduled minute (pkg/controller/cronjob/utils.go getJobName), before 1.21 after the second. */
const SCHEDULED_TIME = /-\d{8,10}$/;

/**
 * What a pod is managed by in the end: the Deployment above a ReplicaSet, the CronJob above a Job, the static pod's name without that of its
 * node. Known by the owner and what Kubernetes appends, never guessed from the pod's own name; null for a pod that nothing manages.
 */
export function workloadOf({ name, labels, controller }: Pod): Owner | null {
  if (controller === null) return null;
  const { kind, name: owner } = controller;
  const hash = labels[TEMPLATE_HASH];
  if (kind === 'ReplicaSet' && hash !== undefined && owner.endsWith(`-${hash}`)) {
    return { kind: 'Deployment', name: owner.slice(0, -hash.length - 1) };
  }
  if (kind === 'Job' && SCHEDULED_TIME.test(owner)) return { kind: 'CronJob', name: owner.replace(SCHEDULED_TIME, '') };
  // The mirror of a static pod is owned by its node, whose name the kubelet has appended.
  if (kind === 'Node') return { kind: 'Pod', name: name.endsWith(`-${owner}`) ? name.slice(0, -owner.length - 1) : name };
  return controller;
}
