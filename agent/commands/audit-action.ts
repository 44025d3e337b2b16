import type { Host } from './command.ts';

/** One of the things that `logferry audit` does. */
export interface AuditAction {
  /** Resolves to the exit code, or to what is wrong with the arguments. */
  run(args: readonly string[], host: Host): Promise<number | string>;
}
