import { rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { syncDirectory } from '../runtime/sync-directory.ts';
import type { SystemError } from '../runtime/system-error.ts';

/** The files of a state directory that hold checkpoints, newest first. */
export interface GenerationPaths {
  /** What is about to be the current one: whole and the newest of all, or torn by a crash. */
  readonly next: string;
  readonly current: string;
  readonly previous: string;
}

export function generationPaths(directory: string): GenerationPaths {
  const current = join(directory, 'checkpoints.json');
  return { next: `${current}.tmp`, current, previous: join(directory, 'checkpoints.previous.json') };
}

type Step = () => Promise<void>;

/**
 * The steps by which `text` becomes the current generation, and the current one the previous. Wherever a crash or a failure ends
 * them, inside a step too, the generation that was current or the new one stands whole in one of the files.
 */
export function replaceGeneration(directory: string, text: string): readonly Step[] {
  return [() => writeDurably(generationPaths(directory).next, text), ...finishReplacing(directory)];
}

/** The steps that are left when the next generation is durable. */
export function finishReplacing(directory: string): readonly Step[] {
  const { next, current, previous } = generationPaths(directory);
  return [() => rename(current, previous).catch(ignoreMissing), () => rename(next, current), () => syncDirectory(directory)];
}

/** Leaves no half of it on a disk that is full. */
async function writeDurably(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { mode: 0o600, flush: true });
  } catch (error) {
    await unlink(path).catch(() => null);
    throw error;
  }
}

function ignoreMissing(error: SystemError): void {
  if (error.code !== 'ENOENT') throw error;
}
