import { parseCidr } from '../runtime/cidr.ts';
import type { HepConfig } from './config.ts';
import { parseEndpoint } from './endpoint.ts';
import { fileText } from './file-text.ts';
import { checkPems } from './pem.ts';
import type { ConfigFile } from './schema.ts';

type HepFile = NonNullable<NonNullable<ConfigFile['collector']>['hep']>;

export function resolveHep({
  udp,
  tcp,
  tls,
  key,
  allow,
  unknown,
  maxPerSender,
  maxConnections,
  maxConnectionsPerSender,
}: HepFile = {}): HepConfig {
  return {
    udp: parseEndpoint(udp ?? '127.0.0.1:9060'),
    tcp: parseEndpoint(tcp ?? '127.0.0.1:9060'),
    ...(tls === undefined ? {} : { tls: resolveTls(tls) }),
    ...(key === undefined ? {} : { key }),
    ...(allow === undefined
      ? {}
      : { allow: allow.map((entry) => (typeof entry === 'string' ? { address: entry } : entry)) }),
    unknown: unknown ?? 'refuse',
    ...(maxPerSender === undefined ? {} : { maxPerSender }),
    maxConnections: maxConnections ?? 1024,
    maxConnectionsPerSender: maxConnectionsPerSender ?? 128,
  };
}

function resolveTls({
  listen,
  cert,
  key,
  clientCa,
  clientNames,
}: NonNullable<HepFile['tls']>): NonNullable<HepConfig['tls']> {
  const at = 'collector.hep.tls';
  const own = { cert: fileText(cert, `${at}.cert`), key: fileText(key, `${at}.key`) };
  const ca = clientCa === undefined ? {} : { clientCa: fileText(clientCa, `${at}.clientCa`) };
  checkPems({ ...own, ...(ca.clientCa === undefined ? {} : { ca: ca.clientCa }) }, at);
  return { listen: parseEndpoint(listen), ...own, ...ca, ...(clientNames === undefined ? {} : { clientNames }) };
}

/** What the schema does not see. The file may be anything but what it asks for: that is told elsewhere. */
export function hepProblems(hep: HepFile | undefined): string[] {
  const problems: string[] = [];
  for (const [i, entry] of (Array.isArray(hep?.allow) ? hep.allow : []).entries()) {
    const address: unknown = typeof entry === 'string' ? entry : entry?.address;
    if (typeof address !== 'string' || parseCidr(address) !== undefined) continue;
    const at = typeof entry === 'string' ? '' : '.address';
    problems.push(
      `collector.hep.allow[${i}]${at}: must be an address or a block of them, for example "192.0.2.0/24" or "2001:db8::/32"`,
    );
  }
  if (hep?.tls?.clientNames !== undefined && hep.tls.clientCa === undefined) {
    problems.push('collector.hep.tls.clientNames: says nothing without clientCa, which tells whose names are believed');
  }
  return problems;
}
