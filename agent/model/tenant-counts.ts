/** What one tenant of an output has sent since its lane was opened. */
export interface TenantCounts {
  storedEntries: number;
  sentBytes: number;
  retries: number;
}
