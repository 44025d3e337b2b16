import type { Environment } from '../runtime/environment.ts';
import { inFileOrder, type Problem } from './problem.ts';
import { readConfigFile } from './read-config-file.ts';
import { type Config, configSchema } from './schema.ts';
import { findWarnings } from './warnings.ts';
import { YamlDocument } from './yaml-document.ts';

/** What a configuration may depend on beside its own text. */
export interface Surroundings {
  readonly env: Environment;
  /** Default of `node_name`. */
  readonly hostname: string;
}

/** A configuration to run with, or all there is to repair, in file order. */
export type Loaded =
  | { readonly ok: true; readonly config: Config; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** The same of a file, with what tells its content from others. */
export type LoadedFile =
  | (Extract<Loaded, { ok: true }> & { readonly digest: string })
  /** Null: it cannot be read. */
  | (Extract<Loaded, { ok: false }> & { readonly digest: string | null });

/** Reads and checks a configuration file. Does not throw over anything in the file or about it, and opens no other file. */
export async function loadConfig(file: string, surroundings: Surroundings): Promise<LoadedFile> {
  const read = await readConfigFile(file);
  if (!read.ok) return { ok: false, problems: [read.problem], digest: null };
  const { text, digest } = read;
  return { ...parseConfig(file, text, surroundings), digest };
}

/** Checks the text of a configuration; `file` is what messages call it. Never throws, whatever the text. */
export function parseConfig(file: string, text: string, { env, hostname }: Surroundings): Loaded {
  const read = YamlDocument.read({ file, text, missing: 'holds no settings, write at least `outputs`' }, configSchema, env);
  if (!read.ok) return read;
  const { document } = read;
  const config = { node_name: hostname, ...document.value };
  const warnings = findWarnings(config).map(({ path, message }) => document.problem(path, message));
  return { ok: true, config, warnings: inFileOrder(warnings) };
}
