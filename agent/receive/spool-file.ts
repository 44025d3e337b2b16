import { type FileHandle, open } from 'node:fs/promises';
import { endOfLastLine } from '../runtime/last-line.ts';

/** The live file of a spool: it ends with a whole line, and only whole lines are added. */
export class SpoolFile {
  readonly #handle: FileHandle;
  size: number;

  private constructor(handle: FileHandle, size: number) {
    this.#handle = handle;
    this.size = size;
  }

  /**
   * Opens the file or makes it, and cuts off what a crash or a full disk has torn: nobody was told that it is stored, and whoever reads
   * along has not come further than the last LF. Rejects on I/O errors.
   */
  static async open(path: string): Promise<SpoolFile> {
    const handle = await open(path, 'a+', 0o600);
    try {
      const { size } = await handle.stat();
      const end = await endOfLastLine(handle, size);
      if (end < size) await handle.truncate(end);
      return new SpoolFile(handle, end);
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Resolves once the lines are on disk. Rejects on I/O errors: then the file is to be closed, and opened anew, which mends it. */
  async append(lines: Buffer): Promise<void> {
    await this.#handle.appendFile(lines);
    await this.#handle.datasync();
    this.size += lines.length;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
