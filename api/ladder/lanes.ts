import { hostAndPort } from '../../core/model/host-and-port.ts';
import type { Lane } from '../schemas.ts';

/** Where a step's end is: a host's address and port, or a named node whose address nobody told. */
export type Place =
  | { readonly kind: 'address'; readonly ip: string; readonly port: number }
  | { readonly kind: 'node'; readonly name: string };

export interface Lanes {
  /** The lane of a place; the lane is made when it is first asked for, so lanes stand in order of appearance. */
  of(place: Place): string;
  list(): Lane[];
}

/**
 * One lane a host. A host that talks to itself, as when several switches share one address, is drawn as one lane a
 * port, since arrows from a lane to itself say nothing.
 */
export function createLanes(
  selfTalking: ReadonlySet<string>,
  nameOf: (ip: string) => string | undefined,
  addressesOf: (node: string) => readonly string[],
): Lanes {
  const lanes = new Map<string, { name: string; addresses: Set<string> }>();
  const lane = (id: string, name: string, address: string): string => {
    const known = lanes.get(id);
    if (known === undefined) lanes.set(id, { name, addresses: new Set(address === '' ? [] : [address]) });
    else if (address !== '') known.addresses.add(address);
    return id;
  };
  const of = (place: Place): string => {
    if (place.kind === 'node') {
      // The node's SIP address, when its events told it, is where its messages are drawn too.
      const ip = addressesOf(place.name).find((address) => !selfTalking.has(address));
      return ip === undefined ? lane(`node:${place.name}`, place.name, '') : of({ kind: 'address', ip, port: 0 });
    }
    const { ip, port } = place;
    if (!selfTalking.has(ip)) return lane(ip, nameOf(ip) ?? ip, ip);
    const endpoint = hostAndPort(ip, port);
    return lane(endpoint, nameOf(endpoint) ?? endpoint, endpoint);
  };
  return {
    of,
    list: () => [...lanes].map(([id, { name, addresses }]) => ({ id, name, addresses: [...addresses] })),
  };
}
