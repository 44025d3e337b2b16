import { type FileHandle, link, open, rename, rm, stat, unlink } from 'node:fs/promises';
import { findLetterFiles, letterFile, takenFile } from '../deliver/letter-files.ts';
import { type LetterLine, readLetters } from '../deliver/read-letters.ts';
import { syncDirectory } from '../runtime/sync-directory.ts';

const LF = Buffer.from('\n');
const FLUSH_BYTES = 256 * 1024;

/**
 * The letters of one output, taken out of the hands of the agent, which begins a new file when it has more. Files change their names
 * and nothing else, so that at every moment each letter is in a file that the next replay finds:
 *
 * 1. `take` renames the agent's file, and what replays that died have left, to names of its own; that also decides between two replays
 * 2. `keep` writes the lines that shall stay beside them
 * 3. `commit` lets that file, once it is durable, replace those taken, and gives it the agent's name back, unless the agent has begun
 *    a new one: then it stays beside it until the next replay
 */
export class TakenLetters implements AsyncDisposable {
  /** Of all files, when they were taken. */
  readonly bytes: number;
  readonly #place: Place;
  readonly #paths: readonly string[];
  #kept: FileHandle | null = null;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;

  private constructor(place: Place, files: readonly File[]) {
    this.#place = place;
    this.#paths = files.map(({ path }) => path);
    this.bytes = files.reduce((sum, { size }) => sum + size, 0);
  }

  /** Takes all files of dead letters of an output; `mark` must be this replay's alone. Null when there are none. */
  static async take(place: Place, mark: string): Promise<TakenLetters | null> {
    const { stateDir, output } = place;
    const files: File[] = [];
    const found = (await findLetterFiles(stateDir)).get(output) ?? [];
    for (const [index, path] of found.entries()) {
      await rm(keptFile(path), { force: true });
      const file = await takeFile(path, takenFile(stateDir, output, `${mark}-${index}`));
      // Between the two steps of giving a file back it has two names.
      if (files.some(({ id }) => id === file?.id)) await unlink(file!.path);
      else if (file !== null) files.push(file);
    }
    return files.length === 0 ? null : new TakenLetters(place, files);
  }

  async *lines(): AsyncGenerator<LetterLine> {
    for (const path of this.#paths) yield* readLetters(path);
  }

  /** Lets a line stay; it comes without its LF. */
  async keep(raw: Buffer): Promise<void> {
    this.#waiting.push(raw, LF);
    this.#waitingBytes += raw.length + 1;
    if (this.#waitingBytes >= FLUSH_BYTES) await this.#flush();
  }

  async #flush(): Promise<void> {
    this.#kept ??= await open(this.#keptPath, 'wx', 0o600);
    await this.#kept.appendFile(Buffer.concat(this.#waiting));
    this.#waiting = [];
    this.#waitingBytes = 0;
  }

  /** Forgets every line that was not kept. */
  async commit(): Promise<void> {
    const [first, ...others] = this.#paths as [string, ...string[]];
    if (this.#waitingBytes > 0) await this.#flush();
    if (this.#kept === null) await unlink(first);
    else {
      await this.#kept.sync();
      await rename(this.#keptPath, first);
      await syncDirectory(this.#place.stateDir);
    }
    for (const path of others) await unlink(path);
    if (this.#kept !== null) await giveBack(first, letterFile(this.#place.stateDir, this.#place.output));
    await syncDirectory(this.#place.stateDir);
  }

  get #keptPath(): string {
    return keptFile(this.#paths[0]!);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#kept?.close();
    await rm(this.#keptPath, { force: true });
  }
}

interface Place {
  readonly stateDir: string;
  readonly output: string;
}

interface File {
  readonly path: string;
  readonly id: string;
  readonly size: number;
}

/** Lines that stay of a taken file, until it is replaced by them. */
function keptFile(path: string): string {
  return `${path}.kept`;
}

/** Null when another replay was quicker. */
async function takeFile(path: string, taken: string): Promise<File | null> {
  try {
    await rename(path, taken);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const { dev, ino, size } = await stat(taken, { bigint: true });
  return { path: taken, id: `${dev}:${ino}`, size: Number(size) };
}

/** By a link, which unlike a rename replaces nothing. Whatever keeps the file from its old name, it is found under the one it has. */
async function giveBack(path: string, original: string): Promise<void> {
  const isLinked = await link(path, original).then(
    () => true,
    () => false,
  );
  if (isLinked) await unlink(path);
}
