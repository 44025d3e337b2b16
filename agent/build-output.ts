import type { Config } from './config/schema.ts';
import { type LokiClient, LokiOutput, type LokiOutputOptions } from './outputs/loki/loki-output.ts';
import type { Clock } from './runtime/clock.ts';

type OutputConfig = Config['outputs'][number];

export interface OutputSurroundings {
  readonly version: string;
  readonly clock: Clock;
  readonly onRequest: LokiOutputOptions['onRequest'];
  /** In place of the network. */
  readonly client?: LokiClient | undefined;
}

/**
 * Builds an output as it is configured, for whoever has something to push to it as a tenant, null for none: the agent, or a replay of dead
 * letters.
 */
export function buildOutput(
  written: OutputConfig,
  tenant: string | null,
  { version, clock, onRequest, client }: OutputSurroundings,
): LokiOutput {
  const { tls, basic_auth: basicAuth } = written;
  const options: LokiOutputOptions = {
    name: written.name,
    url: written.url,
    timeoutMs: written.timeout_seconds * 1000,
    connections: written.max_in_flight,
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
  return new LokiOutput(options, clock, client);
}
