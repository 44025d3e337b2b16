import type { Metadata } from '../model/record.ts';
import { resourceName } from './api-request.ts';
import type { EventValues } from './event-fields.ts';
import { recordOf, textOf } from './event-head.ts';

/** What of a value is worth looking for; names of Kubernetes are shorter. */
const MOST_CHARACTERS = 256;

/** What is said about an event beside its line, of the values that leave the node. */
export function metadataOf(values: EventValues): Metadata {
  const { username } = recordOf(values, 'user');
  const { resource, apiGroup, subresource, namespace } = recordOf(values, 'objectRef');
  const { code } = recordOf(values, 'responseStatus');
  const target = { group: text(apiGroup), resource: text(resource), subresource: text(subresource) };
  const named: [string, string][] = [
    ['user', text(username)],
    ['verb', text(textOf(values, 'verb'))],
    ['resource', target.resource === '' ? '' : resourceName(target)],
    ['code', typeof code === 'number' ? String(code) : ''],
    ['namespace', text(namespace)],
    ['audit_id', text(textOf(values, 'auditID'))],
  ];
  return named.filter(([, value]) => value !== '');
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, MOST_CHARACTERS).toWellFormed() : '';
}
