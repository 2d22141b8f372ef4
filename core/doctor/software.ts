import type { SampledPacket } from './sample.ts';

/** What a sensor runs on: the lines to paste are written for these. */
export const SOFTWARE = ['Kamailio', 'OpenSIPS', 'FreeSWITCH', 'Asterisk'] as const;
export type Software = (typeof SOFTWARE)[number];

/**
 * A proxy names itself in `Server` of what it answers itself, as `100 Trying`; what it hands on has the names of others. A switch
 * names itself in what it begins: a request that has passed nobody yet, with one Via.
 */
export function softwareOf(messages: readonly SampledPacket[], address: string): Software | undefined {
  if (address === '') return undefined;
  const counts = new Map<Software, number>();
  for (const { srcIp, sip } of messages) {
    if (srcIp !== address) continue;
    const proxy = sip.request ? undefined : proxyIn(sip.header('server'));
    if (proxy !== undefined) return proxy;
    const one = sip.request && sip.header('via').length > 1 ? undefined : switchIn(sip.userAgent);
    if (one !== undefined) counts.set(one, (counts.get(one) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}

const proxyIn = (servers: readonly string[]): Software | undefined => {
  const server = servers[0] ?? '';
  if (/^kamailio/i.test(server)) return 'Kamailio';
  return /^opensips/i.test(server) ? 'OpenSIPS' : undefined;
};

const switchIn = (userAgent: string): Software | undefined => {
  if (/^freeswitch/i.test(userAgent)) return 'FreeSWITCH';
  return /^asterisk/i.test(userAgent) ? 'Asterisk' : undefined;
};
