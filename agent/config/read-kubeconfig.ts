import { dirname } from 'node:path';
import type { Kubeconfig } from '../model/kubeconfig.ts';
import { KubeconfigReader } from './kubeconfig-reader.ts';
import type { Problem } from './problem.ts';
import { readConfigFile } from './read-config-file.ts';
import { parseYamlStrings } from './yaml.ts';

/** The current context of a kubeconfig, or what keeps it from being used. */
export type ReadKubeconfig =
  | { readonly ok: true; readonly kubeconfig: Kubeconfig }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Does not throw over anything in the file or about it, and opens no other file. */
export async function readKubeconfig(file: string): Promise<ReadKubeconfig> {
  const read = await readConfigFile(file);
  return read.ok ? parseKubeconfig(file, read.text) : { ok: false, problems: [read.problem] };
}

/** Paths in `text` begin at the directory of `file`. */
function parseKubeconfig(file: string, text: string): ReadKubeconfig {
  const parsed = parseYamlStrings(text);
  const problemOf = ({ key, message }: { key: string; message: string }): Problem => ({ file, place: null, key, message });
  if (!parsed.ok) return { ok: false, problems: [problemOf({ key: '', message: `not valid YAML: ${parsed.message}` })] };
  const reader = new KubeconfigReader(parsed.value, dirname(file));
  const kubeconfig = reader.read();
  return kubeconfig === null ? { ok: false, problems: reader.faults.map(problemOf) } : { ok: true, kubeconfig };
}
