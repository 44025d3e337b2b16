import { nearestName } from '../config/nearest-name.ts';
import { isDnsSubdomain } from './dns-name.ts';
import { type Field, FieldReader, type Fields } from './field-reader.ts';
import type { Finding } from './finding.ts';
import { type GroupResources, LEVELS, type Level, type Policy, type Rule, STAGES, type Stage } from './policy.ts';
import type { PolicyDocument } from './policy-document.ts';

const API_VERSION = 'audit.k8s.io/v1';
const KIND = 'Policy';
const POLICY_FIELDS = ['apiVersion', 'kind', 'metadata', 'rules', 'omitStages', 'omitManagedFields'] as const;
const RULE_FIELDS = [
  'level',
  'users',
  'userGroups',
  'verbs',
  'resources',
  'namespaces',
  'nonResourceURLs',
  'omitStages',
  'omitManagedFields',
] as const;
const RESOURCE_FIELDS = ['group', 'resources', 'resourceNames'] as const;

/** What a document says, and what is wrong with it. */
export interface ReadPolicy {
  /** As the API server understands it, which ignores fields that it does not know; null: it refuses the document. */
  readonly policy: Policy | null;
  readonly findings: readonly Finding[];
}

/** Decodes and validates a policy as the API server does (apiserver: pkg/audit/policy/reader.go and pkg/apis/audit/validation, v1.37). */
export function readPolicy(document: PolicyDocument): ReadPolicy {
  const reader = new FieldReader(document);
  const top: Field = { node: document.root, path: [] };
  const fields = reader.fields(top, POLICY_FIELDS);
  expectText(reader, fields.apiVersion ?? top, fields.apiVersion, API_VERSION);
  expectText(reader, fields.kind ?? top, fields.kind, KIND);
  const rules = reader.list(fields.rules).map((rule) => readRule(reader, rule));
  if (rules.length === 0) reader.refuse('wrong-document', fields.rules ?? top, 'a policy needs rules, write at least one');
  const policy = {
    rules,
    omitStages: readStages(reader, fields.omitStages),
    omitManagedFields: reader.flag(fields.omitManagedFields) ?? false,
  };
  return { policy: reader.isRefused ? null : policy, findings: reader.findings };
}

function expectText(reader: FieldReader, at: Field, field: Field | undefined, wanted: string): void {
  const found = reader.text(field);
  const name = wanted === KIND ? 'kind' : 'apiVersion';
  if (found === wanted) return;
  const problem = found === '' ? `${name} is missing` : `${name} is ${found}`;
  reader.refuse('wrong-document', at, `${problem}, write ${name}: ${wanted}`);
}

function readRule(reader: FieldReader, field: Field): Rule {
  const fields = reader.fields(field, RULE_FIELDS);
  const rule = {
    level: readLevel(reader, field, fields.level),
    users: reader.texts(fields.users),
    userGroups: reader.texts(fields.userGroups),
    verbs: reader.texts(fields.verbs),
    resources: reader.list(fields.resources).map((resources) => readResources(reader, resources)),
    namespaces: reader.texts(fields.namespaces),
    nonResourceURLs: reader.texts(fields.nonResourceURLs),
    omitStages: readStages(reader, fields.omitStages),
    omitManagedFields: reader.flag(fields.omitManagedFields),
  };
  refuseUrls(reader, fields, rule);
  return rule;
}

function readLevel(reader: FieldReader, rule: Field, field: Field | undefined): Level {
  const found = reader.text(field);
  const level = LEVELS.find((known) => known === found);
  if (level !== undefined) return level;
  if (field === undefined || found === '')
    reader.refuse('wrong-value', field ?? rule, `level is missing, write one of ${LEVELS.join(', ')}`);
  else reader.refuse('wrong-value', field, unknownValue('level', found, LEVELS));
  return 'None';
}

function readStages(reader: FieldReader, field: Field | undefined): Stage[] {
  return reader.list(field).flatMap((item) => {
    const found = reader.text(item);
    const stage = STAGES.find((known) => known === found);
    if (stage === undefined) reader.refuse('wrong-value', item, unknownValue('stage', found, STAGES));
    return stage ?? [];
  });
}

function unknownValue(what: string, found: string, known: readonly string[]): string {
  const nearest = nearestName(found, known);
  return `unknown ${what} ${JSON.stringify(found)}, ${nearest === null ? `known are ${known.join(', ')}` : `did you mean ${nearest}?`}`;
}

function readResources(reader: FieldReader, field: Field): GroupResources {
  const fields = reader.fields(field, RESOURCE_FIELDS);
  const group = reader.text(fields.group);
  const resources = reader.texts(fields.resources);
  const resourceNames = reader.texts(fields.resourceNames);
  if (group !== '' && group !== '*' && !isDnsSubdomain(group)) {
    reader.refuse('wrong-group', fields.group ?? field, `${JSON.stringify(group)} is no name of an API group${groupHint(group)}`);
  }
  if (resourceNames.length > 0 && resources.length === 0) {
    reader.refuse('wrong-rule', fields.resourceNames ?? field, 'resourceNames need resources beside them, name the resource');
  }
  return { group, resources, resourceNames };
}

function groupHint(group: string): string {
  const [name = '', version] = group.split('/');
  if (version !== undefined && isDnsSubdomain(name)) return `, leave the version out: ${name}`;
  return isDnsSubdomain(group.toLowerCase())
    ? `, write it in lower case: ${group.toLowerCase()}`
    : ', write a DNS name such as apps, or "" for the core group';
}

function refuseUrls(reader: FieldReader, fields: Fields<(typeof RULE_FIELDS)[number]>, rule: Rule): void {
  const { nonResourceURLs: field } = fields;
  if (field === undefined || rule.nonResourceURLs.length === 0) return;
  if (rule.resources.length > 0 || rule.namespaces.length > 0) {
    reader.refuse('wrong-rule', field, 'a rule is for resources and namespaces or for nonResourceURLs, make two rules of it');
  }
  for (const [index, url] of rule.nonResourceURLs.entries()) {
    const at = { path: [...field.path, index] };
    if (url !== '*' && !url.startsWith('/')) reader.refuse('wrong-value', at, `${JSON.stringify(url)} has to begin with /`);
    if (url !== '' && url.slice(0, -1).includes('*')) {
      reader.refuse('wrong-value', at, `${JSON.stringify(url)} has a * that is not its last character, end it there`);
    }
  }
}
