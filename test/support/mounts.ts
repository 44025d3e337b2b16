import { execFileSync } from 'node:child_process';

/** Whether file systems can be mounted; in CI they must, because there a skipped test looks just like a green one. */
export function mayMount(): boolean {
  try {
    execFileSync('unshare', ['--mount', 'true'], { stdio: 'ignore' });
    return true;
  } catch (error) {
    if (process.env['CI'] !== undefined) throw new Error('CI needs to be root, to mount file systems', { cause: error });
    return false;
  }
}

/** A mounted file system, unmounted when disposed, whoever still uses it. */
export class Mount implements Disposable {
  readonly #source: readonly string[];
  readonly #target: string;
  #mounted = false;

  private constructor(source: readonly string[], target: string) {
    this.#source = source;
    this.#target = target;
  }

  /** A file or a directory under another name too. */
  static bind(source: string, target: string): Mount {
    return new Mount(['--bind', source], target).mount();
  }

  /** An empty file system in memory. */
  static tmpfs(target: string, size: string): Mount {
    return new Mount(['-t', 'tmpfs', '-o', `size=${size}`, 'logferry-test'], target).mount();
  }

  /** A directory at its own place, where nothing in it can be changed. */
  static readOnly(directory: string): Mount {
    return new Mount(['-o', 'bind,ro', directory], directory).mount();
  }

  mount(): this {
    execFileSync('mount', [...this.#source, this.#target], { stdio: 'ignore' });
    this.#mounted = true;
    return this;
  }

  unmount(): void {
    execFileSync('umount', ['--lazy', this.#target], { stdio: 'ignore' });
    this.#mounted = false;
  }

  [Symbol.dispose](): void {
    if (this.#mounted) this.unmount();
  }
}
