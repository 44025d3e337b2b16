/** One tenant of an output that may have several. */
export interface TenantStatus {
  /** Empty: that of an output that has none. */
  readonly tenant: string;
  readonly storedEntries: number;
  readonly sentBytes: number;
  readonly retries: number;
  readonly heldBytes: number;
  readonly queuedBatches: number;
  /** Null: nothing was sent yet. */
  readonly isReachable: boolean | null;
}

interface TenantsOfOutput {
  readonly name: string;
  readonly tenants: readonly TenantStatus[];
}

interface TenantMetric {
  readonly name: string;
  readonly help: string;
  readonly samples: (output: TenantsOfOutput) => { readonly labels: Readonly<Record<string, string>>; readonly value: number }[];
}

export const TENANT_COUNTERS: readonly TenantMetric[] = [
  metric('acked_entries_total', 'Entries of a tenant that the store has acknowledged.', ({ storedEntries }) => storedEntries),
  metric('sent_bytes_total', 'Bytes of acknowledged request bodies of a tenant.', ({ sentBytes }) => sentBytes),
  metric('retries_total', 'Requests of a tenant that will be repeated.', ({ retries }) => retries),
];

export const TENANT_GAUGES: readonly TenantMetric[] = [
  metric('held_bytes', 'Bytes held in memory for a tenant.', ({ heldBytes }) => heldBytes),
  metric('queued_batches', 'Batches of a tenant that wait for a request, or for its limit.', ({ queuedBatches }) => queuedBatches),
  metric('reachable', 'Whether the store takes what is sent as a tenant; absent until something was.', ({ isReachable }) =>
    isReachable === null ? null : Number(isReachable),
  ),
];

export const TENANT_FALLBACKS = {
  name: 'logferry_tenant_fallbacks_total',
  help: 'Logs and entries that go as the tenant of the output, since the one that they were given may not be, by reason.',
  reasons: ['not_allowed', 'too_many'],
} as const;

/** `valueOf`: null where there is nothing to say. */
function metric(name: string, help: string, valueOf: (status: TenantStatus) => number | null): TenantMetric {
  const samples: TenantMetric['samples'] = ({ name: output, tenants }) =>
    tenants.flatMap((status) => {
      const value = valueOf(status);
      return value === null ? [] : [{ labels: { output, tenant: status.tenant }, value }];
    });
  return { name: `logferry_tenant_${name}`, help, samples };
}
