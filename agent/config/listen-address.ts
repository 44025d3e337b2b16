import { isIPv6 } from 'node:net';

export interface ListenAddress {
  /** Null: every interface. */
  readonly host: string | null;
  /** 0: any free port. */
  readonly port: number;
}

/** Reads `host:port`, `[IPv6 address]:port` or `:port`; null for anything else. */
export function parseListenAddress(text: string): ListenAddress | null {
  const match = /^(?:\[(?<v6>[^\]]+)\]|(?<name>[A-Za-z0-9._-]*)):(?<port>\d{1,5})$/.exec(text);
  const { v6, name, port } = match?.groups ?? {};
  if (port === undefined || Number(port) > 65_535) return null;
  if (v6 !== undefined) return isIPv6(v6) ? { host: v6, port: Number(port) } : null;
  return { host: name === undefined || name === '' ? null : name, port: Number(port) };
}
