import { open, readFile, rename, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Position } from '../model/position.ts';
import { isPosition } from './position-shape.ts';

const VERSION = 1;
const CURRENT = 'checkpoints.json';
const PREVIOUS = 'checkpoints.previous.json';

/** Positions by output, then by source id. */
export type Checkpoints = Readonly<Record<string, Readonly<Record<string, Position>>>>;

/** What came of reading one generation. */
export type Generation =
  | { readonly kind: 'read'; readonly file: string; readonly checkpoints: Checkpoints }
  | { readonly kind: 'absent'; readonly file: string }
  | { readonly kind: 'corrupt'; readonly file: string; readonly why: string; readonly setAside: string };

/**
 * Positions on disk: versioned JSON with a checksum, replaced as a whole (written beside, fsync, rename), the generation before
 * kept. A file that cannot be used is set aside and never stops the agent.
 */
export class CheckpointStore {
  readonly #directory: string;
  #written = '';

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** The newest usable generation, and what was found on the way to it. Throws only when the directory cannot be made. */
  async load(): Promise<{ checkpoints: Checkpoints; tried: readonly Generation[] }> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const tried: Generation[] = [];
    for (const name of [CURRENT, PREVIOUS]) {
      const generation = await this.#read(name);
      tried.push(generation);
      if (generation.kind === 'read') return { checkpoints: generation.checkpoints, tried };
    }
    return { checkpoints: {}, tried };
  }

  async #read(name: string): Promise<Generation> {
    const file = join(this.#directory, name);
    let text: string;
    try {
      text = await readFile(file, 'utf8');
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      return code === 'ENOENT' ? { kind: 'absent', file } : { kind: 'corrupt', file, why: message, setAside: file };
    }
    const parsed = parse(text);
    if (typeof parsed !== 'string') return { kind: 'read', file, checkpoints: parsed };
    const setAside = `${file}.corrupt`;
    const isAside = await rename(file, setAside).then(
      () => true,
      () => false,
    );
    return { kind: 'corrupt', file, why: parsed, setAside: isAside ? setAside : file };
  }

  /** Makes the checkpoints durable; returns false when they are those written last. Rejects on I/O errors, the files then as before. */
  async save(checkpoints: Checkpoints): Promise<boolean> {
    const outputs = JSON.stringify(checkpoints);
    if (outputs === this.#written) return false;
    const path = (name: string): string => join(this.#directory, name);
    const temporary = path(`${CURRENT}.tmp`);
    await writeDurably(temporary, `{"version":${VERSION},"crc32":${crc32(outputs)},"outputs":${outputs}}\n`);
    await rename(path(CURRENT), path(PREVIOUS)).catch(ignoreMissing);
    await rename(temporary, path(CURRENT));
    await syncDirectory(this.#directory);
    this.#written = outputs;
    return true;
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  await using file = await open(path, 'w', 0o600);
  await file.writeFile(text);
  await file.sync();
}

async function syncDirectory(path: string): Promise<void> {
  await using directory = await open(path, 'r');
  await directory.sync();
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}

/** The checkpoints in a file's text, or why there are none to be had from it. */
function parse(text: string): Checkpoints | string {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    return (error as Error).message;
  }
  const { version, crc32: sum, outputs } = (document ?? {}) as { version?: unknown; crc32?: unknown; outputs?: unknown };
  if (version !== VERSION) return `version ${JSON.stringify(version)} is not ${VERSION}`;
  if (crc32(JSON.stringify(outputs) ?? '') !== sum) return 'checksum does not match';
  return areCheckpoints(outputs) ? outputs : 'positions are not of the expected shape';
}

function areCheckpoints(value: unknown): value is Checkpoints {
  return valuesOf(value)?.every((sources) => valuesOf(sources)?.every(isPosition) === true) === true;
}

/** The values of a plain object; null for anything else. */
function valuesOf(value: unknown): unknown[] | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.values(value) : null;
}
