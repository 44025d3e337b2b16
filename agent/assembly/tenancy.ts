import type { Config } from '../config/schema.ts';
import { matchesGlob } from '../model/glob.ts';
import { isTenant } from '../model/tenant.ts';

/** What a tenant may send on this node: lines and metadata before compression; 0: any amount. */
interface TenantLimit {
  readonly laneRateBytes: number;
  readonly laneBurstBytes: number;
}

/** As which tenants an output may push beside its own. */
export interface Tenancy {
  /** How many at once, its own included. */
  readonly most: number;
  readonly allows: (tenant: string) => boolean;
  /** Null: the output has no tenant. */
  readonly limitOf: (tenant: string | null) => TenantLimit;
}

const UNLIMITED: TenantLimit = { laneRateBytes: 0, laneBurstBytes: 0 };

/** Nobody gives its entries another tenant. */
export const ONE_TENANT: Tenancy = { most: 1, allows: () => false, limitOf: () => UNLIMITED };

/** What the configuration says of tenants of container logs. */
export function tenancyOf({ tenants }: Pick<Config, 'tenants'>): Tenancy {
  const { allowed, max_per_node: max, limits } = tenants;
  const isAllowed = (tenant: string): boolean => isTenant(tenant) && allowed.some((glob) => matchesGlob(glob, tenant));
  return {
    most: allowed.length === 0 ? 1 : max,
    allows: isAllowed,
    limitOf(tenant) {
      const limit = limits.find((limit) => matchesGlob(limit.tenant, tenant ?? ''));
      if (limit === undefined) return UNLIMITED;
      const { rate_bytes: laneRateBytes, burst_bytes: laneBurstBytes = laneRateBytes } = limit;
      return { laneRateBytes, laneBurstBytes };
    },
  };
}
