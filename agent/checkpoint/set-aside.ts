import { rename, rm } from 'node:fs/promises';
import { isSystemError } from '../runtime/system-error.ts';

/**
 * Moves what cannot be used to a name of its own, over what was moved there before, so that it can be looked at and is not written
 * over. Where that is not possible now (a file system that is read-only), it stays to be done.
 */
export class SetAside {
  readonly #due = new Map<string, string>();

  /** Whether the file still has to be moved. */
  isDue(file: string): boolean {
    return this.#due.has(file);
  }

  /** To be moved by the next `move`. */
  add(file: string, aside: string): void {
    this.#due.set(file, aside);
  }

  /** Moves all that is due. Rejects with what the file system says against it. */
  async move(): Promise<void> {
    for (const [file, aside] of this.#due) {
      await moveOver(file, aside);
      this.#due.delete(file);
    }
  }
}

/** Neither a file nor a directory takes the place of the other by itself. */
const OF_ANOTHER_KIND: ReadonlySet<string> = new Set(['EISDIR', 'ENOTDIR', 'EEXIST', 'ENOTEMPTY']);

/** Renames a file or directory, over whatever has the new name; nothing to do when it is gone. */
async function moveOver(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    if (error.code === 'ENOENT') return;
    if (!OF_ANOTHER_KIND.has(error.code)) throw error;
    await rm(to, { recursive: true, force: true });
    await rename(from, to);
  }
}
