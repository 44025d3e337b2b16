import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { ContainerLog } from './container-log.ts';
import type { RecordShape } from './record-shape.ts';

/** Containers of a kind. */
export interface ContainerGroup {
  readonly containers: number;
  /** Bytes of each, over all its files. */
  readonly bytesEach: number;
  readonly shape: RecordShape;
  /** `rotated`: as a kubelet leaves five files of equal size, three of them compressed. */
  readonly files: 'live' | 'rotated';
}

/** A directory as `containers.log_dir` names it, and what is in it. */
export interface LogTree {
  readonly logDir: string;
  /** Uncompressed. */
  readonly bytes: number;
  readonly records: number;
  readonly entries: number;
}

const ROTATED_FILES = 5;

/** Each container is of a workload of its own, and so a stream: replicas would share the rate that a store allows one stream. */
export function podLog(logDir: string, index: number): string {
  const pod = `shop_app${index}-7d9c5b8f6d-x2x7q_00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
  return join(logDir, 'pods', pod, `app${index}`, '0.log');
}

/** Writes the containers of all groups below `directory`, unless they are there whole from an earlier call of the same `directory`. */
export function logTree(directory: string, groups: readonly ContainerGroup[], startMs: number): LogTree {
  const manifest = join(directory, 'tree.json');
  if (existsSync(manifest)) return JSON.parse(readFileSync(manifest, 'utf8')) as LogTree;
  rmSync(directory, { recursive: true, force: true });
  const logDir = join(directory, 'log');
  // rsyslog watches what is there at its start, and all agents look for it.
  mkdirSync(join(logDir, 'pods'), { recursive: true });
  mkdirSync(join(logDir, 'containers'), { recursive: true });
  const total = { bytes: 0, records: 0, entries: 0 };
  let index = 0;
  for (const group of groups) {
    for (const end = index + group.containers; index < end; index += 1) {
      const entries = writeContainer(podLog(logDir, index), group, new ContainerLog(group.shape, index + 1, startMs));
      total.entries += entries;
      total.records += entries * group.shape.recordsPerEntry;
      total.bytes += entries * group.shape.entryBytes;
    }
  }
  const tree: LogTree = { logDir, ...total };
  writeFileSync(manifest, JSON.stringify(tree));
  return tree;
}

/** The kubelet's names (pkg/kubelet/logs/container_log_manager.go): a suffix of its local time, `.gz` but for the newest. */
function writeContainer(live: string, { files, bytesEach }: ContainerGroup, log: ContainerLog): number {
  if (files === 'live') return log.writeFile(live, bytesEach);
  let entries = 0;
  for (let file = 0; file < ROTATED_FILES; file += 1) {
    const isLive = file === ROTATED_FILES - 1;
    const path = isLive ? live : `${live}.20260101-00000${file}`;
    entries += log.writeFile(path, bytesEach / ROTATED_FILES);
    if (file < ROTATED_FILES - 2) compress(path);
  }
  return entries;
}

function compress(path: string): void {
  writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 6 }));
  rmSync(path);
}
