import { BlockList, isIP } from 'node:net';
import type { Environment } from '../runtime/environment.ts';

/**
 * The HTTP proxy that HTTPS_PROXY or HTTP_PROXY names for a URL, unless NO_PROXY excepts it; null: none. The rules are those of Go's
 * programs (golang.org/x/net/http/httpproxy), which a cluster's operators know: an entry of NO_PROXY is an address, a network, or a domain
 * with all below it, each perhaps with a port, or `*`; loopback is never proxied.
 */
export function proxyFor(url: URL, env: Environment): URL | null {
  const name = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const written = env[name] || env[name.toLowerCase()] || '';
  const proxy = URL.parse(written.includes('://') ? written : `http://${written}`);
  if (written === '' || proxy === null || isLoopback(hostOf(url))) return null;
  const exceptions = (env['NO_PROXY'] || env['no_proxy'] || '').split(/[\s,]+/).filter((entry) => entry !== '');
  return exceptions.some((entry) => excepts(entry.toLowerCase(), url)) ? null : proxy;
}

function excepts(entry: string, url: URL): boolean {
  if (entry === '*') return true;
  if (entry.includes('/')) return isInNetwork(hostOf(url), entry);
  const { host, port } = splitPort(entry);
  if (port !== '' && port !== (url.port || (url.protocol === 'https:' ? '443' : '80'))) return false;
  const name = hostOf(url);
  const domain = host.replace(/^\*?\./, '');
  return (host === domain && name === host) || name.endsWith(`.${domain}`);
}

/** `[::1]:443`, `::1`, `host:443` or `host`. */
function splitPort(entry: string): { host: string; port: string } {
  const [, bracketed, after] = /^\[(.+)\](?::(\d+))?$/.exec(entry) ?? [];
  if (bracketed !== undefined) return { host: bracketed, port: after ?? '' };
  const [, host, port] = /^([^:]+):(\d+)$/.exec(entry) ?? [];
  return host === undefined ? { host: entry, port: '' } : { host, port: port! };
}

function isInNetwork(host: string, network: string): boolean {
  const [address = '', prefix = ''] = network.split('/');
  const family = isIP(address);
  if (family === 0 || family !== isIP(host) || !/^\d{1,3}$/.test(prefix) || Number(prefix) > (family === 4 ? 32 : 128)) return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(address, Number(prefix), type);
  return list.check(host, type);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || isInNetwork(host, '127.0.0.0/8') || host === '::1';
}

/** In lower case, an IPv6 address without its brackets. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.+)\]$/, '$1').toLowerCase();
}
