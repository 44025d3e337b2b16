import { watch, type FSWatcher } from 'chokidar';
import type { Wakeup } from '../runtime/wakeup.ts';

/**
 * Rings when names come or go in the directories: a hint to scan at once. Whatever chokidar misses (a full queue, watches used
 * up, a directory made anew) costs latency only, since the scan on our own clock is the truth. Links are not followed: one watch a directory.
 */
export class WatchHint implements AsyncDisposable {
  readonly #watcher: FSWatcher;

  /** `onTrouble` hears why hints no longer come, for example ENOSPC for want of inotify watches. */
  constructor(directories: readonly string[], hint: Wakeup, onTrouble: (error: unknown) => void) {
    this.#watcher = watch([...directories], { followSymlinks: false, ignoreInitial: true, depth: 0 });
    this.#watcher.on('all', () => hint.ring());
    this.#watcher.on('error', onTrouble);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#watcher.close();
  }
}
