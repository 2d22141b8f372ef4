import { isIPv6 } from 'node:net';
import type { HostNames } from '../model/host-names.ts';
import type { LegFacts } from './legs.ts';

/** Seen from the switch or proxy of ours: the INVITE came to it, left it, or went between two of them. */
export type Direction = 'inbound' | 'outbound' | 'internal' | 'unknown';

/** What the operator said about addresses. */
export interface Places {
  /** `hosts` of the configuration. */
  readonly names: HostNames;
  /** Addresses of the switches that are listened to. */
  readonly nodes: ReadonlySet<string>;
}

/** Who is on the other side of a leg. */
export interface FarSide {
  readonly direction: Direction;
  readonly trunk: string;
  /** Whether a person gave the trunk its name; an address has none. */
  readonly named: boolean;
}

/**
 * The trunk of a leg is the far side under the best name there is: what the switch's configuration calls it (FreeSWITCH's
 * gateway, Asterisk's endpoint), else what the operator calls the address, else the address, without port.
 */
export function farSideOf(leg: LegFacts, { names, nodes }: Places): FarSide {
  const direction = directionOf(leg, nodes);
  const gateway = leg.channels.find((channel) => channel.gateway !== undefined)?.gateway;
  if (gateway !== undefined) return { direction, trunk: gateway, named: true };
  const end = farEndOf(leg, direction);
  if (end === '') return { direction, trunk: 'unknown', named: false };
  const address = addressOf(end);
  const name = names.of(address, portOf(end))?.name;
  return { direction, trunk: name ?? address, named: name !== undefined };
}

/** A trunk as it is told; undefined where nothing says which one it was. */
export const knownTrunk = (trunk: string | undefined): string | undefined =>
  trunk === undefined || trunk === '' || trunk === 'unknown' ? undefined : trunk;

/** The switch knows which way its channel goes; without one the addresses of the switches tell it. */
function directionOf({ channels, dialog }: LegFacts, nodes: ReadonlySet<string>): Direction {
  const said = new Set(channels.map(({ direction }) => direction).filter((one) => one !== ''));
  if (said.size > 1) return 'internal';
  const [one] = said;
  if (one !== undefined) return one;
  const hop = dialog?.firstHop;
  if (hop === undefined) return 'unknown';
  const [from, to] = [nodes.has(addressOf(hop.src)), nodes.has(addressOf(hop.dst))];
  return from ? (to ? 'internal' : 'outbound') : to ? 'inbound' : 'unknown';
}

/** Where nothing tells the direction, the one that called is the far side. */
function farEndOf({ channels, dialog }: LegFacts, direction: Direction): string {
  const hop = dialog?.firstHop;
  const onWire = direction === 'outbound' || direction === 'internal' ? hop?.dst : hop?.src;
  if (onWire !== undefined && onWire !== '') return onWire;
  return channels.find(({ farAddress }) => farAddress !== undefined)?.farAddress ?? '';
}

/** The host of "host:port" or "[v6]:port"; an address without port as it is. */
function addressOf(end: string): string {
  // Most ends are "192.0.2.1:5060", and what has one colon is no IPv6 address.
  const colon = end.lastIndexOf(':');
  if (colon < 0) return end;
  if (colon !== end.indexOf(':') && isIPv6(end)) return end;
  return end.replace(/:\d{1,5}$/, '').replace(/^\[|\]$/g, '');
}

/** 0 for an address without one. */
const portOf = (end: string): number => Number(/^(?:[^:]+|\[.+\]):(\d{1,5})$/.exec(end)?.[1] ?? 0);
