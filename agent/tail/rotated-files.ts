import type { FileSystem } from '../runtime/file-system.ts';

/**
 * Paths of the rotated files of a live log, oldest first by name, as whoever rotates it names them. A file that stands there twice, compressed
 * and not, may be among them twice once both are whole. A missing directory has none; throws when one that is there cannot be listed.
 */
export type RotatedFiles = (livePath: string, fs: FileSystem) => string[];

export function isCompressed(path: string): boolean {
  return path.endsWith('.gz');
}

/** Names in a directory; none where there is none. */
export function namesIn(directory: string, fs: FileSystem): string[] {
  try {
    return fs.readdirSync(directory);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw error;
  }
}
