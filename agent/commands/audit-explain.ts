import { ANONYMOUS, type ApiRequest, AUTHENTICATED, givenGroups, UNAUTHENTICATED } from '../audit/api-request.ts';
import { isResourcePath } from '../audit/request-space.ts';
import { explainRequest } from '../audit/explain-request.ts';
import { policyText, requestText } from '../audit/explain-text.ts';
import type { AuditAction } from './audit-action.ts';
import { EXIT_OK, type Host, type OptionValues, readOptions } from './command.ts';
import { loadPolicy } from './load-policy.ts';

const OPTIONS = {
  user: { type: 'string' },
  group: { type: 'string' },
  verb: { type: 'string' },
  resource: { type: 'string' },
  namespace: { type: 'string' },
  name: { type: 'string' },
  path: { type: 'string' },
  json: { type: 'boolean' },
} as const;

type Values = OptionValues<typeof OPTIONS>;

/** `logferry audit explain`. */
export const auditExplain: AuditAction = { run };

async function run(args: readonly string[], host: Host): Promise<number | string> {
  const read = readOptions(args, OPTIONS, 1);
  if (!read.ok) return read.misuse;
  const [file] = read.operands;
  if (file === undefined) return 'name the policy file';
  const request = readRequest(read.values);
  if (typeof request === 'string') return request;
  if (request === null && read.values.json) return '--json goes with a request: --user, --verb, and --resource or --path';
  const loaded = await loadPolicy(file, host);
  if (!loaded.ok) return loaded.code;
  const { policy } = loaded;
  if (request === null) host.stdout.write(policyText(policy));
  else if (read.values.json) host.stdout.write(`${JSON.stringify({ request, ...explainRequest(policy, request) }, null, 2)}\n`);
  else host.stdout.write(requestText(policy, request));
  return EXIT_OK;
}

/** Null: none was described; text: it is not described well enough. */
function readRequest(values: Values): ApiRequest | null | string {
  const { json: _, ...described } = values;
  if (Object.keys(described).length === 0) return null;
  const { user, group, verb, resource, namespace = '', name = '', path } = described;
  if (user === undefined) return 'say who makes the request with --user';
  if (verb === undefined) return 'say what the request does with --verb, such as get, list, watch, create';
  if ((resource === undefined) === (path === undefined)) return 'say what the request is for, with either --resource or --path';
  if (path !== undefined && isResourcePath(path))
    return `${path} is the path of a resource, describe it with --resource, --namespace and --name`;
  const subject = { user, groups: group?.split(',') ?? groupsOf(user), verb };
  if (path === undefined) return { ...subject, target: { kind: 'resource', ...kindOf(resource!), namespace, name } };
  return namespace + name === '' ? { ...subject, target: { kind: 'path', path } } : '--namespace and --name go with --resource';
}

/** What the API server puts a user in by itself. */
function groupsOf(user: string): string[] {
  return [...givenGroups(user), user === ANONYMOUS ? UNAUTHENTICATED : AUTHENTICATED];
}

/** `pods`, `pods/log`, `deployments.apps`, `deployments.apps/scale`. */
function kindOf(text: string): { group: string; resource: string; subresource: string } {
  const [qualified = '', subresource = ''] = text.split('/', 2);
  const [resource = '', ...group] = qualified.split('.');
  return { group: group.join('.'), resource, subresource };
}
