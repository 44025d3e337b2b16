import { open } from 'node:fs/promises';
import { parsePodDirectory } from '../discover/log-path.ts';
import type { TestedLog } from '../config/config-tests-schema.ts';
import { recordTime } from '../decode/record-time.ts';
import { testedRecords } from './tested-source.ts';

/** The last whole lines of a file, `bytes` of them at most. Rejects over what is wrong with it. */
export async function lastLines(path: string, bytes: number): Promise<Buffer> {
  await using handle = await open(path);
  const { size } = await handle.stat();
  const from = Math.max(0, size - bytes);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(Math.min(size, bytes)), 0, Math.min(size, bytes), from);
  const read = buffer.subarray(0, bytesRead);
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
