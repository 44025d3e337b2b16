import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { FileSystem } from '../runtime/file-system.ts';
import { isCompressed, namesIn } from './rotated-files.ts';

/** Kubelet: `<n>.log.<YYYYMMDD-HHMMSS>`, later with `.gz` (kubernetes pkg/kubelet/logs/container_log_manager.go). */
const KUBELET_SUFFIX = /^\d{8}-\d{6}(?:\.gz)?$/;
/** Docker: `<id>-json.log.<k>`, k growing with age, maybe with `.gz` (moby daemon/logger/loggerutils/logfile.go). */
const DOCKER_SUFFIX = /^\d{1,6}(?:\.gz)?$/;

/**
 * Rotated files of a container's log. Compressed ones come before the others: only what is youngest is left uncompressed. With Docker the
 * live path is a link, which the kubelet renames in vain, and the rotated files stand beside its target.
 */
export function kubeletFiles(livePath: string, fs: FileSystem): string[] {
  const beside = rotatedBeside(livePath, fs);
  const target = targetOf(livePath) ?? targetOf(beside.at(-1) ?? livePath);
  return target === null || target === livePath ? beside : [...rotatedBeside(target, fs), ...beside];
}

function targetOf(path: string): string | null {
  try {
    return realpathSync.native(path);
  } catch {
    return null;
  }
}

function rotatedBeside(live: string, fs: FileSystem): string[] {
  const directory = dirname(live);
  const prefix = `${basename(live)}.`;
  const suffixes = namesIn(directory, fs).flatMap((name) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []));
  const kubelet = suffixes.filter((suffix) => KUBELET_SUFFIX.test(suffix)).sort();
  const docker = suffixes.filter((suffix) => DOCKER_SUFFIX.test(suffix)).sort((a, b) => Number.parseInt(b, 10) - Number.parseInt(a, 10));
  const compressedFirst = [...kubelet.filter((suffix) => isCompressed(suffix)), ...kubelet.filter((suffix) => !isCompressed(suffix))];
  return [...docker, ...compressedFirst].map((suffix) => join(directory, prefix + suffix));
}
