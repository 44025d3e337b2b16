import { readFile, stat } from 'node:fs/promises';
import { isSystemError } from '../runtime/system-error.ts';
import { type CheckpointDocument, parseCheckpoints, type WholeDocument } from './checkpoint-document.ts';

/** Many times what a node can need: 10,000 sources are 10 MB. */
const MOST_BYTES = 256 * 1024 * 1024;

/** One of the files that hold checkpoints, as it was found. */
export interface Generation {
  readonly file: string;
  readonly document: CheckpointDocument | { readonly kind: 'absent' };
}

export type WholeGeneration = Generation & { readonly document: WholeDocument };

/** Takes whatever stands under the name. */
export async function readGeneration(file: string): Promise<Generation> {
  return { file, document: await readDocument(file) };
}

async function readDocument(file: string): Promise<Generation['document']> {
  try {
    const found = await stat(file);
    if (!found.isFile()) return { kind: 'corrupt', why: 'not a file' };
    if (found.size > MOST_BYTES) return { kind: 'corrupt', why: `larger than ${MOST_BYTES} bytes` };
    return parseCheckpoints(await readFile(file));
  } catch (error) {
    if (!isSystemError(error)) throw error;
    return error.code === 'ENOENT' ? { kind: 'absent' } : { kind: 'corrupt', why: error.message };
  }
}

export function isWhole(generation: Generation): generation is WholeGeneration {
  return generation.document.kind === 'whole';
}
