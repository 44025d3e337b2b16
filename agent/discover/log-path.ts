import { join } from 'node:path';
import type { Source } from '../model/source.ts';

/** `<namespace>_<pod>_<uid>`; none of the three contains `_` (kubernetes pkg/kubelet/kuberuntime/helpers.go, BuildPodLogsDirectory). */
const POD_DIRECTORY = /^([^_]+)_([^_]+)_([^_]+)$/;
/** The live file of an attempt; its rotated files have a suffix more. */
const LIVE_FILE = /^(\d{1,9})\.log$/;
/** Any file of an attempt: between a rotation's rename and the new file there is no live one. */
const ATTEMPT_FILE = /^(\d{1,9})\.log(?:\..+)?$/;
/** `<pod>_<namespace>_<container>-<container id>.log`, as far as 255 bytes leave of it (kuberuntime/legacy.go, logSymlink). */
const LINK_ID = /-([0-9a-f]{64})\.log$/;

export interface PodDirectory {
  readonly name: string;
  readonly namespace: string;
  readonly pod: string;
  readonly uid: string;
}

/** Null for a directory that is no pod's. */
export function parsePodDirectory(name: string): PodDirectory | null {
  const match = POD_DIRECTORY.exec(name);
  return match === null ? null : { name, namespace: match[1]!, pod: match[2]!, uid: match[3]! };
}

/** The attempts that a container's directory has files of. */
export function attemptsOf(fileNames: readonly string[]): number[] {
  const attempts = new Set<number>();
  for (const name of fileNames) {
    const match = ATTEMPT_FILE.exec(name);
    if (match !== null && !name.endsWith('.tmp')) attempts.add(Number(match[1]));
  }
  return [...attempts].sort((a, b) => a - b);
}

export function sourceOf(podsDir: string, pod: PodDirectory, container: string, attempt: number): Omit<Source, 'containerId'> {
  const id = `${pod.name}/${container}/${attempt}`;
  const { namespace, uid } = pod;
  return { id, namespace, pod: pod.pod, uid, container, attempt, path: join(podsDir, `${id}.log`) };
}

/** The source of an id, wherever its files are, or were; null for what is no id. */
export function sourceOfId(id: string): Source | null {
  const [podName = '', container = '', attempt = ''] = id.split('/');
  const pod = parsePodDirectory(podName);
  return pod === null || !/^\d{1,9}$/.test(attempt) ? null : { ...sourceOf('', pod, container, Number(attempt)), containerId: '' };
}

/** The source that a link's target names, `.../<pod directory>/<container>/<attempt>.log`, wherever `pods` is mounted; null for another path. */
export function sourceIdOf(target: string): string | null {
  const [file = '', container = '', pod = ''] = target.split('/').reverse();
  const attempt = LIVE_FILE.exec(file);
  return attempt === null || container === '' || parsePodDirectory(pod) === null ? null : `${pod}/${container}/${Number(attempt[1])}`;
}

/** The container id in a link's name; empty when the name was cut. */
export function containerIdOf(linkName: string): string {
  return LINK_ID.exec(linkName)?.[1] ?? '';
}
