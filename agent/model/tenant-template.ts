import { isTenant } from './tenant.ts';

/** What a tenant may be made of: where a log is from, or a label of its pod or namespace. */
export type TenantField =
  | { readonly field: 'namespace' }
  /** `name`: of the label. */
  | { readonly field: 'pod_label' | 'namespace_label'; readonly name: string };

/** Texts and fields in turn: `team-{namespace}` is `['team-', { field: 'namespace' }]`. */
export type TenantTemplate = readonly (string | TenantField)[];

const FIELD = /\{(?<field>[^{}]*)\}/;
const LABEL = /^(?<field>pod_label|namespace_label):(?<name>[^:]+)$/;

/** Reads a template as it is configured; a text says what is wrong with it. */
export function parseTenantTemplate(text: string): TenantTemplate | string {
  const parts: (string | TenantField)[] = [];
  let rest = text;
  for (let found = FIELD.exec(rest); found !== null; found = FIELD.exec(rest)) {
    const field = fieldOf(found.groups!['field']!);
    if (field === null)
      return `{${found.groups!['field']!}} is nothing that a tenant is made of, write {namespace}, {pod_label:NAME} or {namespace_label:NAME}`;
    parts.push(rest.slice(0, found.index), field);
    rest = rest.slice(found.index + found[0].length);
  }
  const all = [...parts, rest].filter((part) => part !== '');
  const misfit = all.find((part) => typeof part === 'string' && !isTenant(`x${part}`));
  if (misfit === undefined && all.length > 0) return all;
  return "not a tenant that Loki takes, write 1 to 150 letters, digits or !-_.*'(), and fields in braces";
}

function fieldOf(text: string): TenantField | null {
  if (text === 'namespace') return { field: 'namespace' };
  const { field, name } = LABEL.exec(text)?.groups ?? {};
  return name === undefined ? null : { field: field as 'pod_label' | 'namespace_label', name };
}

/** The tenant that a template makes of a log; null where a label is missing. `valueOf`: null for a label that is not there. */
export function renderTenant(template: TenantTemplate, valueOf: (field: TenantField) => string | null): string | null {
  const values = template.map((part) => (typeof part === 'string' ? part : valueOf(part)));
  return values.includes(null) ? null : values.join('');
}
