import { lstat, mkdir, readdir, stat } from 'node:fs/promises';
import { isSystemError } from '../runtime/system-error.ts';
import { type Checkpoints, formatCheckpoints, NO_CHECKPOINTS } from './checkpoint-document.ts';
import { completeGeneration, type LoadedCheckpoints } from './complete-generation.ts';
import { type Generation, isWhole, readGeneration } from './read-generation.ts';
import { finishReplacing, type GenerationPaths, generationPaths, replaceGeneration } from './replace-generation.ts';
import type { Finding } from './report-findings.ts';
import { SetAside } from './set-aside.ts';

/** Every name of ours in the directory begins like this, those of files set aside too. */
const PREFIX = 'checkpoints.';
const START_UNKNOWN: Checkpoints = { ...NO_CHECKPOINTS, startedMs: 0 };

/**
 * Positions on disk: versioned JSON with a checksum, replaced as a whole, the generation before kept. Whatever the file system says
 * or holds, `load` has a result, and every save tries anew, so that a directory that can be used again is used again.
 */
export class CheckpointStore {
  readonly #directory: string;
  readonly #paths: GenerationPaths;
  readonly #aside = new SetAside();
  /** What was saved last, and the file that holds it. */
  #saved: { readonly text: string; readonly file: string } | null = null;

  constructor(directory: string) {
    this.#directory = directory;
    this.#paths = generationPaths(directory);
  }

  /** The newest generation that can be used, and what an operator should know of the search for it. Files that cannot be used are set aside. */
  async load(): Promise<LoadedCheckpoints> {
    const names = await this.#list();
    if (!Array.isArray(names)) return { checkpoints: START_UNKNOWN, findings: [names] };
    const generations: Generation[] = [];
    for (const file of Object.values(this.#paths)) generations.push(await readGeneration(file));
    const findings: Finding[] = [];
    for (const generation of generations) findings.push(...(await this.#setAsideUnusable(generation)));
    const [newest, ...older] = generations.filter(isWhole);
    if (newest !== undefined) {
      if (newest.file === this.#paths.next) await this.#finishReplacing();
      const completed = completeGeneration(newest, older);
      return { ...completed, findings: [...findings, ...completed.findings] };
    }
    if (!names.some((name) => name.startsWith(PREFIX))) return { checkpoints: NO_CHECKPOINTS, findings };
    return { checkpoints: START_UNKNOWN, findings: [...findings, { kind: 'lost', directory: this.#directory }] };
  }

  /** The names in the directory, or why it cannot be used. */
  async #list(): Promise<string[] | Finding> {
    try {
      await this.#makeDirectory();
      return await readdir(this.#directory);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      return { kind: 'unusable', directory: this.#directory, code: error.code, detail: error.message };
    }
  }

  async #makeDirectory(): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
  }

  /** A torn next generation is what a crash leaves; the next save writes over it. */
  async #setAsideUnusable({ file, document }: Generation): Promise<Finding[]> {
    if (document.kind === 'newer') return [{ ...document, file, setAside: await this.#setAside(file, `${file}.v${document.version}`) }];
    if (document.kind !== 'corrupt' || file === this.#paths.next) return [];
    return [{ ...document, file, setAside: await this.#setAside(file, `${file}.corrupt`) }];
  }

  /** null: not possible now. */
  async #setAside(file: string, aside: string): Promise<string | null> {
    this.#aside.add(file, aside);
    try {
      await this.#aside.move();
      return aside;
    } catch (error) {
      if (!isSystemError(error)) throw error;
      return null;
    }
  }

  /** Does what a crash left to do, so that the next save does not write over the newest generation. Where it cannot, so be it. */
  async #finishReplacing(): Promise<void> {
    if (this.#aside.isDue(this.#paths.current)) return;
    try {
      for (const step of finishReplacing(this.#directory)) await step();
    } catch (error) {
      if (!isSystemError(error)) throw error;
    }
  }

  /**
   * Makes the checkpoints durable; returns false when they are those saved last and still there. Rejects with what the file system
   * said: what was saved before is still whole then.
   */
  async save(checkpoints: Checkpoints): Promise<boolean> {
    const text = formatCheckpoints(checkpoints);
    if (text === this.#saved?.text && (await this.#isThere(this.#saved.file))) return false;
    try {
      await this.#makeDirectory();
      await this.#aside.move();
      for (const step of replaceGeneration(this.#directory, text)) await step();
      this.#saved = { text, file: await identify(this.#paths.current) };
    } catch (error) {
      await this.#noticeDirectories();
      throw error;
    }
    return true;
  }

  async #isThere(saved: string): Promise<boolean> {
    return (await identify(this.#paths.current).catch(() => null)) === saved;
  }

  /** A directory under the name of a file fails every save until it is moved. */
  async #noticeDirectories(): Promise<void> {
    for (const file of Object.values(this.#paths)) {
      const found = await lstat(file).catch(() => null);
      if (found?.isDirectory() === true) this.#aside.add(file, `${file}.corrupt`);
    }
  }
}

/** Which file stands under a name, and as of which change to it. */
async function identify(path: string): Promise<string> {
  const { dev, ino, ctimeNs } = await stat(path, { bigint: true });
  return `${dev}:${ino}:${ctimeNs}`;
}
