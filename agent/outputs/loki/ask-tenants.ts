import type { HttpAnswer } from '../../runtime/http-client.ts';

/** `together`: whatever tenant a push names, it is not asked. `later`: nobody who could say has answered. */
export type TenantsAnswer = 'separated' | 'together' | 'unknown' | 'later';

/** A push of no streams, as a snappy block. */
export const NO_STREAMS: Buffer = Buffer.from([0]);

/** What Loki refuses as a tenant (dskit tenant.ValidTenantID); with `auth_enabled: false` it is not looked at. */
const NO_TENANT = '..';
/** Loki since 3.2, once it has taken a tenant for granted (pkg/validation/validate.go, MissingStreamsErrorMsg). */
const NO_STREAMS_TEXT = 'at least one valid stream is required';
/** "no org id", "tenant ID is '.' or '..'", "invalid tenant ID" (dskit user.ErrNoOrgID, tenant package). */
const TENANT_TEXT = /\borg id\b|\btenant id\b/i;

/**
 * Asks a store whether it keeps tenants apart, by pushes without streams: where nothing but pushing is allowed, that still is. First
 * without a tenant, which Loki refuses with 401 unless `auth_enabled` is false. Who takes that may be a gateway that fills in a tenant for
 * those who name none, so the second names one that no Loki takes. Only what Loki itself says counts: a relay takes everything.
 */
export async function askTenants(push: (tenant: string | null) => Promise<HttpAnswer>): Promise<TenantsAnswer> {
  const unnamed = meaningOf(await push(null));
  return unnamed === 'together' ? meaningOf(await push(NO_TENANT)) : unnamed;
}

function meaningOf(answer: HttpAnswer): TenantsAnswer {
  if (answer.kind === 'failure') return 'later';
  const { status, text } = answer;
  if (status === 429 || status >= 500) return 'later';
  if ((status === 401 || status === 400) && TENANT_TEXT.test(text)) return 'separated';
  return status === 422 && text.includes(NO_STREAMS_TEXT) ? 'together' : 'unknown';
}
