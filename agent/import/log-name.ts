import { basename } from 'node:path';
import type { Source } from '../model/source.ts';

/** The container log that a path names, and which of its files. */
export type LogName =
  | { readonly kind: 'source'; readonly id: string; readonly rotated: string | null }
  | { readonly kind: 'container'; readonly containerId: string };

/**
 * `.../<namespace>_<pod>_<uid>/<container>/<attempt>.log`, and what the kubelet makes of it at a rotation
 * (kubernetes/kubernetes:pkg/kubelet/kuberuntime/helpers.go, pkg/kubelet/logs/container_log_manager.go).
 */
const IN_PODS = /(?:^|\/)([^/_]+_[^/_]+_[^/_]+\/[^/]+)\/(\d{1,9})(\.log(?:\.\d{8}-\d{6})?)$/;
/** `.../<pod>_<namespace>_<container>-<container id>.log` (kubernetes/kubernetes:pkg/kubelet/kuberuntime/legacy.go, logSymlink). */
const LINK = /(?:^|\/)[^/]+_[^/]+_[^/]+-([0-9a-f]{64})\.log$/;
/** What a link's name is cut to, so that it loses the end of its container id (ext4MaxFileNameLen there). */
const MAX_LINK_BYTES = 255;
/** `.../<container id>/<container id>-json.log`; rotated ones move from number to number (moby/moby:daemon/logger/loggerutils/logfile.go). */
const DOCKER = /(?:^|\/)([0-9a-f]{64})-json\.log$/;

/** Wherever the directories are mounted; null for a path that names no container's log, or a compressed file of one. */
export function logNameOf(path: string): LogName | null {
  const inPods = IN_PODS.exec(path);
  if (inPods !== null) {
    const [, directory, attempt, suffix] = inPods;
    const rotated = suffix === '.log' ? null : `${attempt}${suffix}`;
    return { kind: 'source', id: `${directory}/${Number(attempt)}`, rotated };
  }
  const containerId = (LINK.exec(path) ?? DOCKER.exec(path))?.[1];
  return containerId === undefined ? null : { kind: 'container', containerId };
}

/** Whether a name is that of a source; null while the source's container id is not known and nothing else would tell. */
export function isNameOf(log: LogName, source: Pick<Source, 'id' | 'containerId'>): boolean | null {
  if (log.kind === 'source') return log.id === source.id;
  return source.containerId === '' ? null : log.containerId === source.containerId;
}

/** Whether a path may be a link to any container's log, its name cut to what a file system takes. */
export function isCutLink(path: string): boolean {
  return path.endsWith('.log') && Buffer.byteLength(basename(path)) === MAX_LINK_BYTES;
}
