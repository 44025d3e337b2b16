import { open } from 'node:fs/promises';

/**
 * Makes names durable: a file that was created, renamed or removed in a directory is so after a power loss as well. No `await using`:
 * of two errors that the file system has, it would make one that is not the file system's.
 */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
