import { isDeepStrictEqual } from 'node:util';
import type { AccessConfig, Config, HepConfig } from './config.ts';

/** What a running process takes over, by the names that the file has for it. */
const LIVE = {
  hosts: 'hosts',
  freeswitch: 'collector.freeswitch',
  asterisk: 'collector.asterisk',
  logFiles: 'collector.logFiles',
  discover: 'collector.discover',
  dnsServers: 'collector.dnsServers',
} as const satisfies Partial<Record<keyof Config, string>>;

/** Names in the file of what is called otherwise here. */
const NAMES: Partial<Record<keyof Config, string>> = {
  retention: 'store.retention',
  trustSenderClock: 'collector.trustSenderClock',
  correlationHeaders: 'correlation.headers',
  correlationVariables: 'correlation.variables',
  topologyHiding: 'correlation.topologyHiding',
  callbackRooms: 'correlation.callbackRooms',
  guesses: 'correlation.guesses',
  tenants: 'correlation.tenants',
};

export interface Changes {
  /** The configuration of the running process with what it can take over of the next one. */
  readonly config: Config;
  /** Names of settings that are other than before and are taken over. */
  readonly live: readonly string[];
  /** Names of settings that are other than before and wait for a restart. */
  readonly restart: readonly string[];
}

/** What is to be done so that a process with one configuration becomes one with another. */
export function changesBetween(running: Config, next: Config): Changes {
  const live: string[] = [];
  const restart: string[] = [];
  const taken: Partial<Record<keyof Config, unknown>> = {};
  for (const key of new Set([...Object.keys(running), ...Object.keys(next)]) as Set<keyof Config>) {
    if (key === 'hep' || key === 'access' || isDeepStrictEqual(running[key], next[key])) continue;
    if (isLive(key)) {
      taken[key] = next[key];
      live.push(LIVE[key]);
    } else restart.push(NAMES[key] ?? key);
  }
  const { hep, ...ofHep } = hepChanges(running.hep, next.hep);
  const { access, ...ofAccess } = accessChanges(running.access, next.access);
  return {
    config: { ...running, ...taken, hep, access } as Config,
    live: [...live, ...ofAccess.live, ...ofHep.live],
    restart: [...restart, ...ofAccess.restart, ...ofHep.restart],
  };
}

const isLive = (key: keyof Config): key is keyof typeof LIVE => Object.hasOwn(LIVE, key);

/** Who is named may change; who vouches for others, and what each may take, is built at the start. */
function accessChanges(
  running: AccessConfig,
  next: AccessConfig,
): Omit<Changes, 'config'> & { readonly access: AccessConfig } {
  const { users, anonymous } = next;
  const live: string[] = [];
  const restart: string[] = [];
  for (const key of new Set([...Object.keys(running), ...Object.keys(next)]) as Set<keyof AccessConfig>) {
    if (isDeepStrictEqual(running[key], next[key])) continue;
    (key === 'users' || key === 'anonymous' ? live : restart).push(`access.${key}`);
  }
  return { access: { ...running, users, anonymous }, live, restart };
}

/** Where it listens stays; who may send there, and with which certificates, does not. */
function hepChanges(running: HepConfig, next: HepConfig): Omit<Changes, 'config'> & { readonly hep: HepConfig } {
  const live: string[] = [];
  const restart: string[] = [];
  for (const name of ['udp', 'tcp'] as const) {
    if (!isDeepStrictEqual(running[name], next[name])) restart.push(`collector.hep.${name}`);
  }
  const isSamePlace = isDeepStrictEqual(running.tls?.listen, next.tls?.listen);
  if (!isSamePlace) restart.push('collector.hep.tls.listen');
  const tls = isSamePlace ? next.tls : running.tls;
  if (!isDeepStrictEqual(running.tls, tls)) live.push('collector.hep.tls');
  for (const name of [
    'key',
    'allow',
    'unknown',
    'maxPerSender',
    'maxConnections',
    'maxConnectionsPerSender',
  ] as const) {
    if (!isDeepStrictEqual(running[name], next[name])) live.push(`collector.hep.${name}`);
  }
  const { tls: _, ...rules } = next;
  const { udp, tcp } = running;
  return { hep: { ...rules, udp, tcp, ...(tls === undefined ? {} : { tls }) }, live, restart };
}
