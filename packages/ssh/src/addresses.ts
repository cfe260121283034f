/** One way to reach an SSH server. */
export interface SshAddress {
  /** A host name, or an IPv4 or IPv6 literal (brackets are accepted). */
  host: string;
  port: number;
  /** For people: `dedicated IPv6, free`. */
  note?: string;
}

/** `host:port`, with brackets around an IPv6 literal. */
export function formatAddress(address: SshAddress): string {
  const host = bareHost(address.host);
  return host.includes(':') ? `[${host}]:${address.port}` : `${host}:${address.port}`;
}

/** The host as a socket wants it: an IPv6 literal without its brackets. */
export function bareHost(host: string): string {
  return host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
}
