import { fstatSync, readSync } from 'node:fs';
import { parsePodDirectory } from '../discover/log-path.ts';
import type { TestedLog } from '../config/config-tests-schema.ts';
import { recordTime } from '../decode/record-time.ts';
import { testedRecords } from './tested-source.ts';

/** The last whole lines of an open file, `bytes` of them at most. Throws over what is wrong with it. */
export function lastLines(fd: number, bytes: number): Buffer {
  const { size } = fstatSync(fd);
  const from = Math.max(0, size - bytes);
  const buffer = Buffer.alloc(Math.min(size, bytes));
  const read = buffer.subarray(0, readSync(fd, buffer, 0, buffer.length, from));
  return from === 0 ? read : read.subarray(read.indexOf(10) + 1);
}

/** Records of a container runtime as they are; of anything else, the lines as records. */
export function asRecords(bytes: Buffer): Buffer {
  if (recordTime(bytes.subarray(0, 1024)) !== null) return bytes;
  const lines = bytes.toString('latin1').replace(/\n$/, '').split('\n');
  const records = testedRecords(lines.map((line) => ({ line, stream: 'stdout', time: null })));
  return Buffer.from(records.toString('utf8'), 'latin1');
}

/** Whose a log is by its path, `.../<namespace>_<pod>_<uid>/<container>/<attempt>.log`; null for any other path. */
export function ownerOf(path: string): Pick<TestedLog, 'namespace' | 'pod' | 'container'> | null {
  const [, container = '', directory = ''] = path.split('/').reverse();
  const pod = parsePodDirectory(directory);
  return pod === null ? null : { namespace: pod.namespace, pod: pod.pod, container };
}
