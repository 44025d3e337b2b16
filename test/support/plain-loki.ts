import type { LokiOutputOptions } from '../../agent/outputs/loki/loki-output.ts';

export const NO_TLS: LokiOutputOptions['tls'] = { caFile: null, certFile: null, keyFile: null, insecureSkipVerify: false };

/** An output to `url` of one that wants nothing special; `wanted` for whatever a test is about. */
export function plainLoki(url: string, wanted: Partial<LokiOutputOptions> = {}): LokiOutputOptions {
  return {
    name: 'loki',
    url,
    timeoutMs: 5000,
    connections: 1,
    tls: NO_TLS,
    tenant: null,
    format: 'protobuf',
    compression: 'snappy',
    headers: {},
    basicAuth: null,
    bearerTokenFile: null,
    userAgent: 'test',
    onRequest: () => undefined,
    ...wanted,
  };
}
