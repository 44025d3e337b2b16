import type { Entry } from './entry.ts';
import type { Stage } from './stage.ts';

/** Where the tenant of an entry stands: in the slot of an extracted value or of a label, or in the configuration. */
export type TenantSource = { readonly source: number } | { readonly label: number } | { readonly value: string };

/** Says whose an entry is. Where nothing is found, that stays as it was. */
export class TenantStage implements Stage {
  readonly #tenantOf: (entry: Entry) => string | null;

  constructor(from: TenantSource) {
    if ('value' in from) this.#tenantOf = () => from.value;
    else this.#tenantOf = 'source' in from ? ({ extracted }) => extracted[from.source]! : ({ labels }) => labels[from.label]!;
  }

  apply(entry: Entry): true {
    entry.tenant = this.#tenantOf(entry) || entry.tenant;
    return true;
  }
}
