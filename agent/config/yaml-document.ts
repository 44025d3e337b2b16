import type { z } from 'zod';
import type { Environment } from '../runtime/environment.ts';
import { evaluate } from './evaluate.ts';
import { locate } from './locate.ts';
import { inFileOrder, type KeyPath, keyName, type Problem, placeAt } from './problem.ts';
import { syntaxProblems } from './syntax-problems.ts';
import { validate } from './validate.ts';
import { parseYaml, type YamlNode } from './yaml.ts';

/** A YAML file in the words of its author: what it says, and where. */
export class YamlDocument<T> {
  readonly value: T;
  readonly #source: Source;

  private constructor(value: T, source: Source) {
    this.value = value;
    this.#source = source;
  }

  /**
   * Holds a text against a schema, with environment variables filled in. `missing`: what the problem is when there is nothing in it. Never
   * throws, whatever the text.
   */
  static read<T>(
    { file, text, missing }: { readonly file: string; readonly text: string; readonly missing: string },
    schema: z.ZodType<T>,
    env: Environment,
  ): { readonly ok: true; readonly document: YamlDocument<T> } | { readonly ok: false; readonly problems: readonly Problem[] } {
    const parsed = parseYaml(text);
    if (!parsed.ok) return { ok: false, problems: syntaxProblems(file, text, parsed.faults) };
    if (parsed.root === null) return { ok: false, problems: [{ file, place: null, key: '', message: missing }] };
    const source = { file, text, root: parsed.root };
    const { value, faults } = evaluate(source.root, text, env);
    const validated = validate(schema, value);
    const problems = faults.map(({ path, offset, message }) => problemAt(source, path, offset, message));
    for (const { path, part, message } of validated.ok ? [] : validated.objections) {
      const { offset, node } = locate(source.root, path, part);
      if (part === 'key' || !faults.some((fault) => fault.node === node)) problems.push(problemAt(source, path, offset, message));
    }
    if (!validated.ok || problems.length > 0) return { ok: false, problems: inFileOrder(problems) };
    return { ok: true, document: new YamlDocument(validated.value, source) };
  }

  /** Something to say of the value that `path` leads to. */
  problem(path: KeyPath, message: string): Problem {
    return problemAt(this.#source, path, locate(this.#source.root, path, 'value').offset, message);
  }
}

interface Source {
  readonly file: string;
  readonly text: string;
  readonly root: YamlNode;
}

function problemAt({ file, text }: Source, path: KeyPath, offset: number, message: string): Problem {
  return { file, place: placeAt(text, offset), key: keyName(path), message };
}
