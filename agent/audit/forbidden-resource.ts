import { type ApiRequest, resourceName } from './api-request.ts';

/** What somebody who looks around in a cluster tries first, and `others`: all other resources, and paths. */
export const FORBIDDEN_RESOURCES = ['secrets', 'configmaps', 'serviceaccounts/token', 'pods/exec', 'nodes/proxy', 'others'] as const;
export type ForbiddenResource = (typeof FORBIDDEN_RESOURCES)[number];

/** What a refusal is counted under: few names, whatever clients ask for. */
export function forbiddenResource({ target }: Pick<ApiRequest, 'target'>): ForbiddenResource {
  const name = target.kind === 'resource' ? resourceName(target) : null;
  return FORBIDDEN_RESOURCES.find((resource) => resource === name) ?? 'others';
}
