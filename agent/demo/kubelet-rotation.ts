import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { civilSeconds } from '../runtime/civil-time.ts';

/**
 * What the kubelet does to a container's log that has grown too large, step by step, as in
 * kubernetes v1.36.2 pkg/kubelet/logs/container_log_manager.go. Step 5, reopening, is the runtime's: ContainerLog.reopen.
 */

/** Steps 1 and 2: leftovers of a rotation that was cut short go, then the oldest files until `maxFiles` has room for the next two. */
export function deleteOldest(path: string, maxFiles: number): void {
  const names = rotatedFiles(path);
  for (const name of names) if (name.endsWith('.tmp') || names.includes(`${name}.gz`)) rmSync(name);
  const kept = rotatedFiles(path);
  for (const name of kept.slice(0, Math.max(kept.length - (maxFiles - 2), 0))) rmSync(name);
}

/** Step 3: whatever is still plain is compressed; the bytes move to another inode. */
export function compressRotated(path: string): void {
  for (const name of rotatedFiles(path)) {
    if (name.endsWith('.gz')) continue;
    writeFileSync(`${name}.tmp`, gzipSync(readFileSync(name)));
    renameSync(`${name}.tmp`, `${name}.gz`);
    rmSync(name);
  }
}

/** Step 4: the live file gets the time as its suffix, and nothing is at `path` until step 5. Returns the new name. */
export function renameLive(path: string, nowMs: number): string {
  // The kubelet rotates no log twice in one second (3 s apart at least); tests do, and files must not change places in the order of names.
  const newest = rotatedFiles(path).at(-1)?.replace(/\.gz$/, '') ?? '';
  let seconds = Math.floor(nowMs / 1000);
  while (suffixed(path, seconds) <= newest) seconds++;
  const renamed = suffixed(path, seconds);
  renameSync(path, renamed);
  return renamed;
}

/** `0.log.20240501-120500` and `0.log.20240501-120400.gz`, leftovers included, oldest first. */
function rotatedFiles(path: string): string[] {
  const folder = dirname(path);
  const names = readdirSync(folder).filter((name) => name.startsWith(`${basename(path)}.`));
  return names.sort().map((name) => join(folder, name));
}

/** json-file's own rotation (moby loggerutils/logfile.go): every file moves one number up, the last one is overwritten. */
export function shiftDockerFiles(file: string, maxFiles: number): void {
  for (let number = maxFiles - 1; number >= 1; number--) {
    const from = number === 1 ? file : `${file}.${number - 1}`;
    if (existsSync(from)) renameSync(from, `${file}.${number}`);
  }
}

function suffixed(path: string, seconds: number): string {
  return `${path}.${civilSeconds([seconds, 0]).replaceAll(/[-:]/g, '').replace('T', '-')}`;
}
