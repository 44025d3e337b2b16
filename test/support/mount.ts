import { execFileSync } from 'node:child_process';
import { onTestFinished } from 'vitest';

/** Mounts at `directory` until the test is over; false where mounting is not allowed. */
export function mountUntilTheEnd(directory: string, args: readonly string[]): boolean {
  try {
    execFileSync('mount', [...args, directory], { stdio: 'ignore' });
  } catch {
    return false;
  }
  onTestFinished(() => unmount(directory));
  return true;
}

/** Nothing to do where nothing is mounted. */
export function unmount(directory: string): void {
  try {
    execFileSync('umount', [directory], { stdio: 'ignore' });
  } catch (error) {
    // 32: not mounted.
    if ((error as { status?: number }).status !== 32) throw error;
  }
}
