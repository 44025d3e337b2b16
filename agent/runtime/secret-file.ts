import { readFileSync, statSync } from 'node:fs';

/** The one-line content of a file that may be replaced at any time, as Kubernetes does with mounted Secrets. */
export class SecretFile {
  readonly #path: string;
  #mtimeMs = Number.NaN;
  #content = '';

  constructor(path: string) {
    this.#path = path;
  }

  /** Reads the file again if it changed. Throws with the file's name when it cannot be read. */
  read(): string {
    const { mtimeMs } = statSync(this.#path);
    if (mtimeMs !== this.#mtimeMs) {
      this.#content = readFileSync(this.#path, 'utf8').replace(/\r?\n$/, '');
      this.#mtimeMs = mtimeMs;
    }
    return this.#content;
  }
}
