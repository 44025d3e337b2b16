import type { FileOrText, Kubeconfig } from '../model/kubeconfig.ts';
import type { Environment } from '../runtime/environment.ts';
import type { ApiAddress } from './api-address.ts';
import { proxyFor } from './proxy-for.ts';

/** The API server of a kubeconfig; a proxy that it names comes before those of the environment. */
export function kubeconfigAddress(
  { server, serverName, insecureSkipVerify, proxyUrl, ca, cert, key, token }: Kubeconfig,
  env: Environment,
): ApiAddress {
  return {
    url: server.replace(/\/+$/, ''),
    caFile: fileOf(ca),
    tokenFile: fileOf(token),
    proxy: proxyUrl === null ? proxyFor(new URL(server), env) : new URL(proxyUrl),
    ...textOf('token', token),
    tls: {
      certFile: fileOf(cert),
      keyFile: fileOf(key),
      insecureSkipVerify,
      texts: { ...textOf('ca', ca), ...textOf('cert', cert), ...textOf('key', key) },
      ...(serverName === null ? {} : { serverName }),
    },
  };
}

function fileOf(source: FileOrText | null): string | null {
  return source !== null && 'file' in source ? source.file : null;
}

/** As a member of that name, absent unless it is a text. */
function textOf<Name extends string>(name: Name, source: FileOrText | null): { readonly [Key in Name]?: string } {
  return source !== null && 'text' in source ? ({ [name]: source.text } as { readonly [Key in Name]: string }) : {};
}
