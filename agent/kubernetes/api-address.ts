import { isIPv6 } from 'node:net';
import type { Environment } from '../runtime/environment.ts';
import type { HttpClientOptions } from '../runtime/http-client.ts';
import { proxyFor } from './proxy-for.ts';

/** Where every container finds its service account (kubernetes plugin/pkg/admission/serviceaccount/admission.go, DefaultAPITokenMountPath). */
const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Keys of the configuration that lead to the API server; without `api_server` it is the cluster's own. */
export interface AddressKeys {
  readonly api_server?: string;
  readonly ca_file?: string;
  readonly token_file?: string;
}

export interface ApiAddress {
  readonly url: string;
  /** Null: the authorities that Node trusts. */
  readonly caFile: string | null;
  /** Null: no token is sent. */
  readonly tokenFile: string | null;
  readonly proxy: URL | null;
  /** In place of a file; only a kubeconfig has one. */
  readonly token?: string;
  /** Beyond `caFile`; only a kubeconfig has it. */
  readonly tls?: Omit<HttpClientOptions['tls'], 'caFile'>;
}

/** The API server that is configured, or that the cluster names to its containers; null where there is neither. */
export function apiAddress(
  { api_server: written, ca_file: caFile, token_file: tokenFile }: AddressKeys,
  env: Environment,
): ApiAddress | null {
  if (written !== undefined) {
    return { url: written, caFile: caFile ?? null, tokenFile: tokenFile ?? null, proxy: proxyFor(new URL(written), env) };
  }
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env;
  if (host === undefined || host === '' || port === undefined || port === '') return null;
  const url = `https://${isIPv6(host) ? `[${host}]` : host}:${port}`;
  return {
    url,
    caFile: caFile ?? `${SERVICE_ACCOUNT}/ca.crt`,
    tokenFile: tokenFile ?? `${SERVICE_ACCOUNT}/token`,
    proxy: proxyFor(new URL(url), env),
  };
}
