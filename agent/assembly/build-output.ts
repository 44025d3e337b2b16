import type { Config } from '../config/schema.ts';
import { type LokiClient, LokiOutput, type LokiOutputOptions } from '../outputs/loki/loki-output.ts';
import type { Clock } from '../runtime/clock.ts';

type OutputConfig = Config['outputs'][number];

export interface OutputSurroundings {
  readonly version: string;
  readonly clock: Clock;
  readonly onRequest: LokiOutputOptions['onRequest'];
  /** As how many tenants it pushes at once; absent: as one. */
  readonly tenants?: number;
  /** In place of the network. */
  readonly client?: LokiClient | undefined;
}

/**
 * Builds an output as it is configured, for whoever has something to push to it as a tenant, null for none: the agent, or a replay of dead
 * letters.
 */
export function buildOutput(written: OutputConfig, tenant: string | null, surroundings: OutputSurroundings): LokiOutput {
  const { clock, client } = surroundings;
  return new LokiOutput(outputOptions(written, tenant, surroundings), clock, client);
}

/** An output as it is configured. */
export function outputOptions(
  written: OutputConfig,
  tenant: string | null,
  { version, onRequest, tenants = 1 }: Pick<OutputSurroundings, 'version' | 'onRequest' | 'tenants'>,
): LokiOutputOptions {
  const { tls, basic_auth: basicAuth } = written;
  return {
    name: written.name,
    url: written.url,
    timeoutMs: written.timeout_seconds * 1000,
    // Requests are counted by tenant, and none shall wait for the connection of another.
    connections: written.max_in_flight * tenants,
    tls: {
      caFile: tls.ca_file ?? null,
      certFile: tls.cert_file ?? null,
      keyFile: tls.key_file ?? null,
      insecureSkipVerify: tls.insecure_skip_verify,
    },
    tenant,
    format: written.format,
    compression: written.compression,
    headers: written.headers,
    basicAuth: basicAuth === undefined ? null : { username: basicAuth.username, passwordFile: basicAuth.password_file },
    bearerTokenFile: written.bearer_token_file ?? null,
    userAgent: `logferry/${version}`,
    onRequest,
  };
}

/** The patience of an output. */
export function backoffOf({ backoff }: OutputConfig): { readonly backoffMinMs: number; readonly backoffMaxMs: number } {
  return { backoffMinMs: backoff.min_seconds * 1000, backoffMaxMs: backoff.max_seconds * 1000 };
}
