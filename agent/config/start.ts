import type { Kubeconfig } from '../model/kubeconfig.ts';
import { loadConfig, type Surroundings } from './load.ts';
import type { Problem } from './problem.ts';
import { readKubeconfig } from './read-kubeconfig.ts';
import type { Config } from './schema.ts';

/** All that an operator has written for the agent to run with, or what has to be repaired. JSON can hold it. */
export type Start =
  | {
      readonly ok: true;
      readonly config: Config;
      readonly warnings: readonly Problem[];
      /** What the file `kubernetes.kubeconfig` holds; null without that key. */
      readonly kubeconfig: Kubeconfig | null;
      /** Tells the content of the configuration file from others. */
      readonly digest: string;
    }
  /** Null: the file cannot be read. */
  | { readonly ok: false; readonly problems: readonly Problem[]; readonly digest: string | null };

/** Reads and checks a configuration file, and the kubeconfig that it may name. Does not throw over anything in them or about them. */
export async function loadStart(file: string, surroundings: Surroundings): Promise<Start> {
  const loaded = await loadConfig(file, surroundings);
  if (!loaded.ok) return loaded;
  const { enabled, kubeconfig: path } = loaded.config.kubernetes;
  const read = enabled && path !== undefined ? await readKubeconfig(path) : { ok: true as const, kubeconfig: null };
  return read.ok ? { ...loaded, kubeconfig: read.kubeconfig } : { ...read, digest: loaded.digest };
}
