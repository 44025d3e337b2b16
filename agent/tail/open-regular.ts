import { type BigIntStats, closeSync, constants, fstatSync, readlinkSync, realpathSync } from 'node:fs';
import type { FileSystem } from '../runtime/file-system.ts';
import type { Descriptors } from './descriptors.ts';
import { failureOf, type OpenFailure } from './open-failure.ts';

/** Which files may be opened: regular ones under the `roots` (real paths), as long as there are descriptors. */
export interface Opening {
  readonly roots: readonly string[];
  /** Without it a log may have files anywhere under the roots. */
  readonly home?: Home;
  readonly descriptors: Descriptors;
  readonly fs: FileSystem;
}

/** Of the logs of all `pods` those in the directory `own` are this log's: a link to another pod's is no way to read that. Real paths. */
interface Home {
  readonly pods: string;
  readonly own: string;
}

/** What was opened. */
export interface Opened {
  readonly fd: number;
  readonly stat: BigIntStats;
}

/**
 * Opens a regular file that may be opened, wherever links lead: a pod that plants a link must not make the agent ship its own token, or the
 * log of another. The check is made on the open descriptor too, so that a name exchanged in between is noticed. Never blocks on a FIFO, and
 * opens no device, since opening one may do something already.
 */
export function openRegular(path: string, opening: Opening): Opened | OpenFailure {
  const { descriptors, fs } = opening;
  let fd: number | null = null;
  if (descriptors.exhausted) return 'too_many_open';
  try {
    const real = realpathSync.native(path);
    const refusal = refusalOf(real, opening) ?? (fs.statSync(real).isFile() ? null : 'not_regular');
    if (refusal !== null) return refusal;
    fd = fs.openSync(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    const stat = fstatSync(fd, { bigint: true });
    const failure = stat.isFile() ? refusalOf(realPathOf(fd, real), opening) : 'not_regular';
    if (failure === null) return { fd, stat };
    closeSync(fd);
    return failure;
  } catch (error) {
    if (fd !== null) closeSync(fd);
    const failure = failureOf(error);
    if (failure === 'too_many_open') descriptors.refused();
    return failure;
  }
}

function refusalOf(real: string, { roots, home }: Opening): OpenFailure | null {
  if (!roots.some((root) => isInside(real, root))) return 'outside_roots';
  return home !== undefined && isInside(real, home.pods) && !isInside(real, home.own) ? 'another_pod' : null;
}

function isInside(path: string, directory: string): boolean {
  return path.startsWith(directory.endsWith('/') ? directory : `${directory}/`);
}

/** Where an open descriptor really leads; on systems without /proc the path it was opened by. */
function realPathOf(fd: number, path: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`).replace(/ \(deleted\)$/, '');
  } catch {
    return path;
  }
}
