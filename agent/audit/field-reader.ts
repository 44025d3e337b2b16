import { explainUnknownKey } from '../config/explain-issue.ts';
import type { KeyPath } from '../config/problem.ts';
import type { YamlNode } from '../config/yaml.ts';
import type { Check, Finding } from './finding.ts';
import type { PolicyDocument } from './policy-document.ts';

/** A value in a document, and its way from the top. */
export interface Field {
  readonly node: YamlNode;
  readonly path: KeyPath;
}

/** The fields of a mapping that are known, each once. */
export type Fields<Name extends string> = Readonly<Partial<Record<Name, Field>>>;

/**
 * Takes values out of a document as the API server decodes them: a field without a value is empty, and a value of another type is
 * refused. Everything that is wrong becomes a finding, and an empty value in its place.
 */
export class FieldReader {
  readonly findings: Finding[] = [];
  readonly #document: PolicyDocument;
  #refused = false;

  constructor(document: PolicyDocument) {
    this.#document = document;
  }

  /** The API server does not take this document. */
  get isRefused(): boolean {
    return this.#refused;
  }

  /** Notes something that the API server refuses. */
  refuse(check: Check, { path }: Pick<Field, 'path'>, message: string): void {
    this.#refused = true;
    this.findings.push(this.#document.finding(path, 'value', { check, severity: 'error', message }));
  }

  fields<const Name extends string>({ node, path }: Field, known: readonly Name[]): Fields<Name> {
    const fields = new Map<string, Field>();
    if (node.kind !== 'mapping') {
      this.#wrongType({ node, path }, 'a mapping of fields to values');
      return {} as Fields<Name>;
    }
    for (const { key, offset, value } of node.entries) {
      const at = [...path, key];
      if (!known.some((name) => name === key)) {
        const message = `${explainUnknownKey(key, known)} The API server ignores it`;
        this.findings.push(this.#document.findingAt(offset, at, { check: 'unknown-field', severity: 'error', message }));
        continue;
      }
      if (fields.has(key)) {
        const message = 'given twice in the same mapping, remove one';
        this.findings.push(this.#document.findingAt(offset, at, { check: 'given-twice', severity: 'error', message }));
      }
      fields.set(key, { node: value, path: at });
    }
    return Object.fromEntries(fields) as Fields<Name>;
  }

  list(field: Field | undefined): Field[] {
    if (field === undefined || isEmpty(field)) return [];
    const { node, path } = field;
    if (node.kind === 'list') return node.items.map((item, index) => ({ node: item, path: [...path, index] }));
    this.#wrongType(field, 'a list');
    return [];
  }

  texts(field: Field | undefined): string[] {
    return this.list(field).map((item) => this.text(item));
  }

  text(field: Field | undefined): string {
    if (field === undefined || isEmpty(field)) return '';
    if (field.node.kind === 'scalar' && typeof field.node.value === 'string') return field.node.value;
    this.#wrongType(field, 'text');
    return '';
  }

  /** Null: not given. */
  flag(field: Field | undefined): boolean | null {
    if (field === undefined || isEmpty(field)) return null;
    if (field.node.kind === 'scalar' && typeof field.node.value === 'boolean') return field.node.value;
    this.#wrongType(field, 'true or false');
    return null;
  }

  #wrongType(field: Field, wanted: string): void {
    const { node } = field;
    if (node.kind === 'unusable') return this.refuse('wrong-value', field, node.message);
    const found = node.kind === 'scalar' ? JSON.stringify(node.value) : `a ${node.kind}`;
    const hint = wanted === 'text' && node.kind === 'scalar' ? ': put quotes around it' : '';
    this.refuse('wrong-value', field, `found ${found}, want ${wanted}${hint}`);
  }
}

function isEmpty({ node }: Field): boolean {
  return node.kind === 'scalar' && node.value === null;
}
