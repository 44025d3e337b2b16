import { evaluate } from './evaluate.ts';
import { locate } from './locate.ts';
import { inFileOrder, type KeyPath, keyName, type Problem, placeAt } from './problem.ts';
import { readConfigFile } from './read-config-file.ts';
import type { Config } from './schema.ts';
import type { Environment } from '../runtime/environment.ts';
import { syntaxProblems } from './syntax-problems.ts';
import { validate } from './validate.ts';
import { findWarnings } from './warnings.ts';
import { parseYaml, type YamlNode } from './yaml.ts';

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

/** Reads and checks a configuration file. Does not throw over anything in the file or about it, and opens no other file. */
export async function loadConfig(file: string, surroundings: Surroundings): Promise<Loaded> {
  const read = await readConfigFile(file);
  return read.ok ? parseConfig(file, read.text, surroundings) : { ok: false, problems: [read.problem] };
}

/** Checks the text of a configuration; `file` is what messages call it. Never throws, whatever the text. */
export function parseConfig(file: string, text: string, surroundings: Surroundings): Loaded {
  const parsed = parseYaml(text);
  if (!parsed.ok) return { ok: false, problems: syntaxProblems(file, text, parsed.faults) };
  if (parsed.root === null) {
    const message = 'holds no settings, write at least `outputs`';
    return { ok: false, problems: [{ file, place: null, key: '', message }] };
  }
  return checkDocument({ file, text, root: parsed.root }, surroundings);
}

interface Document {
  readonly file: string;
  readonly text: string;
  readonly root: YamlNode;
}

function checkDocument(document: Document, { env, hostname }: Surroundings): Loaded {
  const { value, faults } = evaluate(document.root, document.text, env);
  const validated = validate(value);
  const problems = faults.map(({ path, offset, message }) => problemAt(document, path, offset, message));
  for (const { path, part, message } of validated.ok ? [] : validated.objections) {
    const { offset, node } = locate(document.root, path, part);
    if (part === 'key' || !faults.some((fault) => fault.node === node)) problems.push(problemAt(document, path, offset, message));
  }
  if (!validated.ok || problems.length > 0) return { ok: false, problems: inFileOrder(problems) };
  const config = { node_name: hostname, ...validated.config };
  const warnings = findWarnings(config).map(({ path, message }) =>
    problemAt(document, path, locate(document.root, path, 'value').offset, message),
  );
  return { ok: true, config, warnings: inFileOrder(warnings) };
}

function problemAt({ file, text }: Document, path: KeyPath, offset: number, message: string): Problem {
  return { file, place: placeAt(text, offset), key: keyName(path), message };
}
