import type { StreamIdentity } from '../model/labels.ts';
import type { LokiRoute } from '../outputs/loki/encode-push.ts';
import type { LokiOutput } from '../outputs/loki/loki-output.ts';
import type { Tenancy } from '../assembly/tenancy.ts';
import type { TenantStreams } from '../handling/tenant-streams.ts';

/** As which tenant entries would go; how many there may be at once is left to the agent. */
export class DryTenants implements TenantStreams {
  readonly #own: string | null;
  readonly #output: LokiOutput;
  readonly #tenancy: Tenancy;
  readonly #outputs = new Map<string | null, LokiOutput>();
  readonly #ofStream = new WeakMap<LokiRoute['stream'], string | null>();

  /** `own`: the tenant of the output. */
  constructor(own: string | null, output: LokiOutput, tenancy: Tenancy) {
    this.#own = own;
    this.#output = output;
    this.#tenancy = tenancy;
  }

  tenantFor(asked: string | null): string | null {
    return asked !== null && this.#tenancy.allows(asked) ? asked : this.#own;
  }

  route(tenant: string | null, identity: StreamIdentity): LokiRoute {
    const route = this.#outputs.getOrInsertComputed(tenant, () => this.#output.as(tenant)).route(identity);
    this.#ofStream.set(route.stream, tenant);
    return route;
  }

  /** The tenant of a route. */
  tenantOf({ stream }: LokiRoute): string | null {
    return this.#ofStream.get(stream)!;
  }
}
