import { readFileSync, statSync } from 'node:fs';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import type { ThrottledLogger } from '../runtime/logger.ts';

export interface TlsPaths {
  readonly certFile: string;
  readonly keyFile: string;
  /** Who signs the certificates of clients; null: they need none. */
  readonly clientCaFile: string | null;
}

/** The certificates of the receiver, read again when they change, as certificate managers replace them while it runs. */
export class TlsFiles {
  readonly #paths: readonly string[];
  readonly #options: TlsPaths;
  readonly #log: ThrottledLogger;
  #stamp = '';

  constructor(paths: TlsPaths, log: ThrottledLogger) {
    this.#options = paths;
    this.#log = log;
    this.#paths = [paths.certFile, paths.keyFile, ...(paths.clientCaFile === null ? [] : [paths.clientCaFile])];
  }

  /** Throws when a file cannot be read, or when what is in them is of no use. */
  read(): SecureContextOptions {
    const stamp = this.#stampNow();
    const { certFile, keyFile, clientCaFile } = this.#options;
    const context = {
      cert: readFileSync(certFile),
      key: readFileSync(keyFile),
      ...(clientCaFile === null ? {} : { ca: readFileSync(clientCaFile) }),
    };
    createSecureContext(context);
    this.#stamp = stamp;
    return context;
  }

  /** Null: nothing has changed, or it is of no use, as between the replacement of a certificate and of its key. */
  readChanged(): SecureContextOptions | null {
    try {
      return this.#stampNow() === this.#stamp ? null : this.read();
    } catch (error) {
      const detail = (error as Error).message;
      this.#log.warn('', { detail }, 'certificates of the audit webhook cannot be read again, those before stay; repair its files');
      return null;
    }
  }

  #stampNow(): string {
    return this.#paths.map((path) => statOf(path)).join(' ');
  }
}

function statOf(path: string): string {
  const { mtimeNs, ino, size } = statSync(path, { bigint: true });
  return `${mtimeNs}:${ino}:${size}`;
}
