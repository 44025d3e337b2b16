import type { Route } from '../deliver/output.ts';
import type { Entry } from '../process/entry.ts';

type RouteOf<R> = (entry: Entry) => R;

interface TenantRoutesParts<R extends Route> {
  /** The tenant of an entry by the word of no stage. */
  readonly tenant: string | null;
  /** As which tenant entries go that ask for one. */
  readonly tenantFor: (asked: string) => string | null;
  /** What finds the routes of a tenant's entries. */
  readonly routesOf: (tenant: string | null) => RouteOf<R>;
}

/** The routes of one channel of a source whose entries may say whose they are: each tenant has routes of its own. */
export class TenantRoutes<R extends Route> {
  readonly #parts: TenantRoutesParts<R>;
  readonly #own: RouteOf<R>;
  readonly #byTenant = new Map<string | null, RouteOf<R>>();

  constructor(parts: TenantRoutesParts<R>) {
    this.#parts = parts;
    this.#own = parts.routesOf(parts.tenant);
    this.#byTenant.set(parts.tenant, this.#own);
  }

  of(entry: Entry): R {
    return entry.tenant === null ? this.#own(entry) : this.#ofTenant(entry.tenant)(entry);
  }

  #ofTenant(asked: string): RouteOf<R> {
    const { tenantFor, routesOf } = this.#parts;
    return this.#byTenant.get(asked) ?? this.#byTenant.getOrInsertComputed(tenantFor(asked), routesOf);
  }
}
