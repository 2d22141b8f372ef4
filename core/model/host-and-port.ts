/** An address as people and configuration files write it: `192.0.2.1:5060`, `[2001:db8::1]:5060` (RFC 3986 §3.2.2). */
export const hostAndPort = (host: string, port: number): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
