import { isIP } from 'node:net';
import type { DiscoverConfig } from './config.ts';
import { nodeTlsProblems, resolveNodeTls } from './node-tls.ts';
import type { ConfigFile } from './schema.ts';

type CollectorFile = NonNullable<ConfigFile['collector']>;
type DiscoverFile = NonNullable<CollectorFile['discover']>[number];

/** A file is looked at more often: nobody else is asked for it. */
const EVERY_SECONDS = { dns: 15, file: 5 } as const;
/** Longer than it takes to write a file anew, or a name server to come back with an empty answer. */
const GONE_SECONDS = 60;

export function resolveDiscover(
  { kind, dns, names, file, everySeconds, goneSeconds, tls, ...node }: DiscoverFile,
  at: string,
): DiscoverConfig {
  return {
    kind,
    from: dns === undefined ? { file: file ?? '' } : { dns, names: names ?? (dns.startsWith('_') ? 'dns' : 'switch') },
    everySeconds: everySeconds ?? EVERY_SECONDS[dns === undefined ? 'file' : 'dns'],
    goneSeconds: goneSeconds ?? GONE_SECONDS,
    node: { port: 8021, logLevel: 7, ...node, ...resolveNodeTls(tls, `${at}.tls`) },
  };
}

/** What the schema does not see. The file may be anything but what it asks for: that is told elsewhere. */
export function discoverProblems({ discover, dnsServers }: CollectorFile): string[] {
  const problems: string[] = [];
  for (const [i, one] of (Array.isArray(discover) ? discover : []).entries()) {
    const at = `collector.discover[${i}]`;
    if ((one?.dns === undefined) === (one?.file === undefined)) problems.push(`${at}: needs either dns or file`);
    if (one?.names !== undefined && one.dns === undefined) problems.push(`${at}.names: is of names found by dns`);
    const name = one?.dns ?? one?.file;
    if (discover?.findIndex((other) => (other?.dns ?? other?.file) === name) !== i && name !== undefined) {
      problems.push(`${at}: "${name}" is there twice`);
    }
    problems.push(...nodeTlsProblems(one?.tls, `${at}.tls`));
  }
  for (const [i, server] of (Array.isArray(dnsServers) ? dnsServers : []).entries()) {
    if (typeof server === 'string' && !isServer(server)) {
      problems.push(
        `collector.dnsServers[${i}]: must be an address, with or without a port: "192.0.2.53" or "[::1]:5353"`,
      );
    }
  }
  return problems;
}

/** What dns.setServers takes. */
function isServer(text: string): boolean {
  const [, bracketed, plain, port = '0'] = /^(?:\[([0-9a-fA-F:.]+)\]|([0-9.]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  return isIP(text) !== 0 || (isIP(bracketed ?? plain ?? '') !== 0 && Number(port) <= 65535);
}
