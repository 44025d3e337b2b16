import { readdirSync, readlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Source } from '../model/source.ts';
import { attemptsOf, containerIdOf, parsePodDirectory, sourceIdOf, sourceOf, type PodDirectory } from './log-path.ts';

/** What a look at the directories found. */
export interface Scan {
  readonly sources: readonly Source[];
  /** Links in `containers/` that lead to no pod's log: paths as they stand, for the operator. */
  readonly strayLinks: readonly string[];
  /** Directories that could not be read, with the reason; what stands in them is unknown, not gone. */
  readonly failures: readonly { readonly path: string; readonly code: string }[];
}

/**
 * Lists the container logs under `<logDir>/pods`. The kubelet's links in `<logDir>/containers` come after the container has
 * started and may be lost for good, so they only lend the container's id; no link is ever opened. Synchronous: names of directories
 * in use are in memory, and a promise for each would cost ten times the look itself.
 */
export function scan(logDir: string): Scan {
  const failures: { path: string; code: string }[] = [];
  const list = (path: string): string[] => listDirectory(path, failures);
  const links = readLinks(join(logDir, 'containers'), list);
  const podsDir = join(logDir, 'pods');
  const sources: Source[] = [];
  for (const name of list(podsDir)) {
    const pod = parsePodDirectory(name);
    if (pod !== null) sources.push(...scanPod(podsDir, pod, links.idOf, list));
  }
  return { sources, strayLinks: links.stray, failures };
}

type List = (path: string) => string[];

function scanPod(podsDir: string, pod: PodDirectory, idOf: ReadonlyMap<string, string>, list: List): Source[] {
  const sources: Source[] = [];
  for (const container of list(join(podsDir, pod.name))) {
    for (const attempt of attemptsOf(list(join(podsDir, pod.name, container)))) {
      const source = sourceOf(podsDir, pod, container, attempt);
      sources.push({ ...source, containerId: idOf.get(source.id) ?? '' });
    }
  }
  return sources;
}

interface Links {
  readonly idOf: ReadonlyMap<string, string>;
  readonly stray: readonly string[];
}

function readLinks(directory: string, list: List): Links {
  const idOf = new Map<string, string>();
  const stray: string[] = [];
  for (const name of list(directory)) {
    const target = targetOf(join(directory, name));
    if (target === null) continue;
    const sourceId = sourceIdOf(resolve(directory, target));
    if (sourceId === null) stray.push(join(directory, name));
    else idOf.set(sourceId, containerIdOf(name));
  }
  return { idOf, stray };
}

function targetOf(link: string): string | null {
  try {
    return readlinkSync(link);
  } catch {
    return null;
  }
}

/** Names in a directory; none where there is none, or where a file stands. */
function listDirectory(path: string, failures: { path: string; code: string }[]): string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'EIO';
    if (code !== 'ENOENT' && code !== 'ENOTDIR') failures.push({ path, code });
    return [];
  }
}
