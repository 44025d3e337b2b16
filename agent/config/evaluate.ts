import type { KeyPath } from './problem.ts';
import type { Environment } from '../runtime/environment.ts';
import { substitute } from './substitute.ts';
import { resolvePlain, type YamlMapping, type YamlNode, type YamlScalar } from './yaml.ts';

/** A value that could not be made out. */
export interface ValueFault {
  readonly path: KeyPath;
  readonly offset: number;
  readonly message: string;
  /** The node to blame; whatever else is said about it follows from this fault. */
  readonly node: YamlNode;
}

/**
 * The plain value of a YAML file, with environment variables substituted in its scalars. Where something is wrong the value
 * is null or as written, and a fault says so.
 */
export function evaluate(root: YamlNode, source: string, env: Environment): { value: unknown; faults: readonly ValueFault[] } {
  const evaluation = new Evaluation(source, env);
  return { value: evaluation.valueOf(root, []), faults: evaluation.faults };
}

class Evaluation {
  readonly faults: ValueFault[] = [];
  readonly #source: string;
  readonly #env: Environment;
  /** Nodes may be shared by aliases, and by aliases of aliases: evaluating each once keeps that from growing without bound. */
  readonly #known = new Map<YamlNode, unknown>();

  constructor(source: string, env: Environment) {
    this.#source = source;
    this.#env = env;
  }

  valueOf(node: YamlNode, path: KeyPath): unknown {
    if (this.#known.has(node)) return this.#known.get(node);
    const value = this.#evaluate(node, path);
    this.#known.set(node, value);
    return value;
  }

  #evaluate(node: YamlNode, path: KeyPath): unknown {
    if (node.kind === 'scalar') return this.#scalar(node, path);
    if (node.kind === 'list') return node.items.map((item, index) => this.valueOf(item, [...path, index]));
    if (node.kind === 'mapping') return this.#mapping(node, path);
    this.faults.push({ path, offset: node.offset, message: node.message, node });
    return null;
  }

  #mapping(node: YamlMapping, path: KeyPath): Record<string, unknown> {
    const values = new Map<string, unknown>();
    for (const { key, offset, value } of node.entries) {
      const keyPath = [...path, key];
      if (values.has(key)) {
        this.faults.push({ path: keyPath, offset, message: 'given twice in the same mapping, remove one', node: value });
      } else if (key === '__proto__') {
        this.faults.push({ path: keyPath, offset, message: 'not a usable name, write another', node: value });
      } else {
        values.set(key, this.valueOf(value, keyPath));
      }
    }
    return Object.fromEntries(values);
  }

  #scalar(node: YamlScalar, path: KeyPath): unknown {
    const substituted = typeof node.value === 'string' ? substitute(node.value, this.#env) : null;
    if (substituted === null) return node.value;
    let from = node.offset;
    for (const { expression, message } of substituted.faults) {
      // Not found when the file spells it differently, with an escape or over several lines: then the value's start has to do.
      const found = this.#source.slice(0, node.end).indexOf(expression, from);
      this.faults.push({ path, offset: found === -1 ? node.offset : found, message, node });
      if (found !== -1) from = found + expression.length;
    }
    return node.plain && substituted.faults.length === 0 ? resolvePlain(substituted.text) : substituted.text;
  }
}
