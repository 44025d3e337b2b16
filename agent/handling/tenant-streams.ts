import type { StreamIdentity } from '../model/labels.ts';
import type { LokiRoute } from '../outputs/loki/encode-push.ts';

/** The streams of each tenant of an output. */
export interface TenantStreams {
  /** As which tenant entries go that ask for one (null: for none): that, unless it may not be. Null: the output has no tenant. */
  tenantFor(asked: string | null): string | null;
  /** `tenant`: one that `tenantFor` has said. */
  route(tenant: string | null, identity: StreamIdentity): LokiRoute;
}
