import { existsSync, readlinkSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

/**
 * Where the link of a log leads that cannot be opened: to the directory in which a runtime keeps the directories of all its containers, when
 * that is not there, as it is not where it was not mounted (Docker: /var/lib/docker/containers). Null for any other path: of a container that
 * was removed its own directory alone is gone.
 */
export function missingMount(path: string): string | null {
  const target = targetOf(path);
  const directory = target === null ? null : dirname(dirname(resolve(dirname(path), target)));
  return directory === null || existsSync(directory) ? null : directory;
}

function targetOf(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}
