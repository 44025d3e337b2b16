import assert from 'node:assert';
import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, type Pair, parse, parseDocument, stringify } from 'yaml';

/** The content of a YAML file, with the places that messages point to. Aliases share the node of their anchor, so this is no tree. */
export type YamlNode = YamlScalar | YamlList | YamlMapping | YamlUnusable;

interface YamlBase {
  /** Where it begins, in UTF-16 units from the start of the file, and where it ends; equal for a value that is not written out. */
  readonly offset: number;
  readonly end: number;
}
export interface YamlScalar extends YamlBase {
  readonly kind: 'scalar';
  readonly value: unknown;
  /** Not quoted, not a block, not tagged: its type follows from its text. */
  readonly plain: boolean;
}
interface YamlList extends YamlBase {
  readonly kind: 'list';
  readonly items: readonly YamlNode[];
}
export interface YamlMapping extends YamlBase {
  readonly kind: 'mapping';
  /** In file order; the same key may occur twice. */
  readonly entries: readonly { readonly key: string; readonly offset: number; readonly value: YamlNode }[];
}
/** Well-formed YAML that a configuration has no use for. */
interface YamlUnusable extends YamlBase {
  readonly kind: 'unusable';
  readonly message: string;
}

export interface YamlFault {
  readonly offset: number;
  readonly message: string;
}

/**
 * Reads one YAML 1.2 document (core schema: no dates, no merge keys). `root` is null for a file without content. Never
 * throws, whatever the text.
 */
export function parseYaml(text: string): { ok: true; root: YamlNode | null } | { ok: false; faults: readonly YamlFault[] } {
  // Duplicate keys are found by whoever reads the entries: the parser's own check takes quadratic time.
  const document = parseDocument(text, { schema: 'core', merge: false, uniqueKeys: false, prettyErrors: false, logLevel: 'error' });
  const faults = [...document.errors, ...document.warnings].map(({ code, pos, message }) => ({
    offset: Math.min(pos[0], text.length),
    message: withHint(code, message, text.slice(lineStart(text, pos[0]), pos[1])),
  }));
  if (faults.length > 0) return { ok: false, faults };
  return { ok: true, root: document.contents === null ? null : new Converter(text).convert(document.contents) };
}

/** The value that YAML gives to an unquoted scalar of this text: a number, true, null, ..., or the text itself when it would be anything but a scalar. */
export function resolvePlain(text: string): unknown {
  if (text === '') return null;
  const { contents, errors, warnings } = parseDocument(text, { schema: 'core', logLevel: 'error' });
  const isWhole = isScalar(contents) && contents.type === 'PLAIN' && contents.source === text && contents.anchor === undefined;
  return isWhole && errors.length + warnings.length === 0 ? contents.value : text;
}

/** The content of any YAML file: scalars as they are spelt, mappings as Maps whose keys may be mappings, null for a file without content. */
export function parseYamlStrings(text: string): { ok: true; value: unknown } | { ok: false; message: string } {
  try {
    return {
      ok: true,
      value: parse(text, { schema: 'failsafe', mapAsMap: true, uniqueKeys: false, prettyErrors: false, logLevel: 'error' }),
    };
  } catch (error) {
    return { ok: false, message: (error as Error).message };
  }
}

/** `value` as block-style YAML, long strings on one line. */
export function formatYaml(value: unknown): string {
  return stringify(value, { lineWidth: 0, aliasDuplicateObjects: false });
}

function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

function withHint(code: string, message: string, line: string): string {
  if (/(?:^|[^$])[[{].*\$\{/.test(line)) return `${message}; inside [ ] or { } put quotes around "\${NAME}"`;
  switch (code) {
    case 'MULTIPLE_DOCS':
      return 'a second YAML document begins here, keep one in the file';
    case 'TAB_AS_INDENT':
      return `${message}; indent with spaces`;
    case 'BLOCK_AS_IMPLICIT_KEY':
      return `${message}; check the indentation, and put quotes around a value that holds a colon and a space`;
    case 'BAD_SCALAR_START':
      return `${message}; put quotes around it`;
    case 'TAG_RESOLVE_FAILED':
      return `${message}; remove the tag`;
    default:
      return message;
  }
}

/** Turns the parser's nodes into ours: once each and in file order, so that an alias finds its anchor converted. */
class Converter {
  readonly #text: string;
  readonly #anchors = new Map<string, YamlNode>();

  constructor(text: string) {
    this.#text = text;
  }

  convert(node: Node): YamlNode {
    assert(node.range, 'nodes of a parsed file have a range');
    const base = { offset: node.range[0], end: node.range[1] };
    if (isAlias(node)) return this.#target(node, base);
    // An anchor that is set again must not be found by an alias inside its own new node.
    if ('anchor' in node && node.anchor !== undefined) this.#anchors.delete(node.anchor);
    const converted = this.#content(node, base);
    if ('anchor' in node && node.anchor !== undefined) this.#anchors.set(node.anchor, converted);
    return converted;
  }

  #content(node: Node, base: YamlBase): YamlNode {
    if (isMap<Node, Node | null>(node)) {
      return { ...base, kind: 'mapping', entries: node.items.map((pair) => this.#entry(pair)) };
    }
    if (isSeq<Node>(node)) return { ...base, kind: 'list', items: node.items.map((item) => this.convert(item)) };
    assert(isScalar(node), 'YAML has three kinds of nodes');
    return { ...base, kind: 'scalar', value: node.value, plain: node.type === 'PLAIN' && node.tag === undefined };
  }

  #entry({ key, value }: Pair<Node, Node | null>): YamlMapping['entries'][number] {
    assert(key.range, 'keys of a parsed file have a range');
    const [offset, end] = key.range;
    const name = this.#text.slice(offset, end);
    if (!isScalar(key)) {
      return {
        key: name,
        offset,
        value: { kind: 'unusable', offset, end, message: 'a list, mapping or alias as a key, write a plain name' },
      };
    }
    const converted: YamlNode = value === null ? { kind: 'scalar', offset: end, end, value: null, plain: false } : this.convert(value);
    return { key: typeof key.value === 'string' ? key.value : name, offset, value: converted };
  }

  #target(alias: Alias, base: YamlBase): YamlNode {
    const message = `the alias *${alias.source} has no anchor before it, write &${alias.source} where the value is first given`;
    return this.#anchors.get(alias.source) ?? { ...base, kind: 'unusable', message };
  }
}
