import { locate } from '../config/locate.ts';
import { type KeyPath, keyName, placeAt } from '../config/problem.ts';
import { readConfigFile } from '../config/read-config-file.ts';
import { syntaxProblems } from '../config/syntax-problems.ts';
import { parseYaml, type YamlNode } from '../config/yaml.ts';
import type { Check, Finding, Severity } from './finding.ts';

/** What of a finding is not taken from the document. */
export interface Remark {
  readonly check: Check;
  readonly severity: Severity;
  readonly message: string;
  readonly example?: string;
  readonly fix?: string;
}

/** The YAML of a policy, which knows where everything stands. */
export class PolicyDocument {
  readonly root: YamlNode;
  readonly #file: string;
  readonly #text: string;

  constructor(file: string, text: string, root: YamlNode) {
    this.#file = file;
    this.#text = text;
    this.root = root;
  }

  /** A finding about what stands at `path`, or about its key. */
  finding(path: KeyPath, part: 'key' | 'value', remark: Remark): Finding {
    return this.findingAt(locate(this.root, path, part).offset, path, remark);
  }

  findingAt(offset: number, path: KeyPath, { check, severity, message, example, fix }: Remark): Finding {
    const place = placeAt(this.#text, offset);
    return { file: this.#file, place, key: keyName(path), message, check, severity, example: example ?? null, fix: fix ?? null };
  }
}

/** A document, or why there is none. */
export type Opened =
  | { readonly ok: true; readonly document: PolicyDocument }
  | { readonly ok: false; readonly findings: readonly Finding[] };

/** Reads a policy file. Does not throw over anything in the file or about it. */
export async function openPolicy(file: string): Promise<Opened> {
  const read = await readConfigFile(file);
  return read.ok ? parsePolicyDocument(file, read.text) : { ok: false, findings: [{ ...read.problem, ...UNREADABLE }] };
}

/** Never throws, whatever the text; `file` is what findings call it. */
export function parsePolicyDocument(file: string, text: string): Opened {
  const parsed = parseYaml(text);
  if (!parsed.ok)
    return { ok: false, findings: syntaxProblems(file, text, parsed.faults).map((problem) => ({ ...problem, ...UNREADABLE })) };
  if (parsed.root !== null) return { ok: true, document: new PolicyDocument(file, text, parsed.root) };
  return { ok: false, findings: [{ file, place: null, key: '', message: 'holds no policy', ...UNREADABLE }] };
}

const UNREADABLE = { check: 'unreadable', severity: 'error', example: null, fix: null } as const;
