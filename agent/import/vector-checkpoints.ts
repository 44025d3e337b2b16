import { type FileMark, type ForeignPosition, type ForeignPositions, type ImportFault, offsetOf } from './foreign-positions.ts';
import { malformed, readPositionsFile } from './read-positions-file.ts';

const VERSION = '1';
const UINT64 = /^\d{1,20}$/;

/**
 * `<data_dir>/<id of the source>/checkpoints.json`: `{"version":"1","checkpoints":[{"fingerprint":...,"position":N,...}]}`
 * (vectordotdev/vector:lib/file-source-common/src/checkpointer.rs). Of the fingerprints, `first_lines_checksum`, which older versions
 * called `first_line_checksum`, and `dev_inode` can be used. `checksum` (of so many bytes) and `unknown` cannot: they do not say what
 * they were made of; Vector itself turned those of files it still found into `first_lines_checksum`.
 */
export async function readVectorCheckpoints(file: string): Promise<ForeignPositions | ImportFault> {
  const read = await readPositionsFile(file);
  if (read.kind === 'fault') return read;
  const checkpoints = checkpointsIn(read.text);
  if (typeof checkpoints === 'string')
    return malformed(file, `${checkpoints}; name the checkpoints.json of Vector's source kubernetes_logs`);
  const entries = checkpoints.map(positionIn).filter((position) => position !== null);
  return { kind: 'positions', agent: 'vector', file, asOfMs: read.modifiedMs, entries, ignored: checkpoints.length - entries.length };
}

/** The list of checkpoints, numbers as their digits; or why there is none. */
function checkpointsIn(text: string): readonly unknown[] | string {
  let document: unknown;
  try {
    document = parseExactly(text);
  } catch (error) {
    return `it is not JSON (${(error as Error).message})`;
  }
  const version = fieldOf(document, 'version');
  if (version !== VERSION) return `it is not of version "${VERSION}", but ${JSON.stringify(version) ?? 'of none'}`;
  const checkpoints = fieldOf(document, 'checkpoints');
  return Array.isArray(checkpoints) ? (checkpoints as unknown[]) : 'it has no list "checkpoints"';
}

type Reviver = (this: unknown, key: string, value: unknown, context: { readonly source?: string }) => unknown;

/** JSON with each number as the digits it is written in: checksums go beyond 2^53. */
function parseExactly(text: string): unknown {
  const parse = JSON.parse as (text: string, reviver: Reviver) => unknown;
  return parse(text, (_, value, { source }) => (typeof value === 'number' ? source : value));
}

function positionIn(checkpoint: unknown): ForeignPosition | null {
  const mark = markIn(fieldOf(checkpoint, 'fingerprint'));
  const offset = offsetOf(String(fieldOf(checkpoint, 'position')));
  return mark === null || offset === null ? null : { path: null, log: null, mark, offset };
}

function markIn(fingerprint: unknown): FileMark | null {
  const sum = fieldOf(fingerprint, 'first_lines_checksum') ?? fieldOf(fingerprint, 'first_line_checksum');
  if (isUint64(sum)) return { kind: 'first_line', crc64: BigInt(sum) };
  const inode = fieldOf(fingerprint, 'dev_inode');
  if (!Array.isArray(inode)) return null;
  const [dev, ino] = inode as unknown[];
  return isUint64(dev) && isUint64(ino) ? { kind: 'inode', dev, ino } : null;
}

function isUint64(value: unknown): value is string {
  return typeof value === 'string' && UINT64.test(value);
}

function fieldOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}
