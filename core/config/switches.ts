import type { Config } from './config.ts';

/** Addresses of the switches that are listened to, as the configuration has them. */
export const switchAddresses = ({ freeswitch, asterisk }: Pick<Config, 'freeswitch' | 'asterisk'>): Set<string> =>
  new Set([...freeswitch, ...asterisk].map(({ host }) => host));
