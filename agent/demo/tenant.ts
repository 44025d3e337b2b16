import type { PushAnswer } from './push-endpoint.ts';

/**
 * The tenant that an `X-Scope-OrgID` header names, or the answer to a bad one (dskit tenant/tenant.go, middleware/http_auth.go).
 * With `auth` off, Loki's auth_enabled, every request is tenant `fake`'s, whatever it says.
 */
export function tenantOf(header: string | undefined, auth: boolean): string | PushAnswer {
  if (!auth) return 'fake';
  if (header === undefined || header === '') return { status: 401, message: 'no org id' };
  // `id:key=value` carries settings of the query path, which the write path takes off.
  const tenant = header.split(':', 1).join('');
  if (tenant.includes('|')) return { status: 400, message: 'multiple org IDs present' };
  if (tenant.length > 150) return { status: 400, message: 'tenant ID is too long: max 150 characters' };
  if (tenant === '.' || tenant === '..') return { status: 400, message: "tenant ID is '.' or '..'" };
  const unsupported = /[^a-zA-Z0-9!\-_.*'()]/.exec(tenant);
  if (unsupported === null) return tenant;
  return { status: 400, message: `tenant ID '${tenant}' contains unsupported character '${unsupported[0]}'` };
}
