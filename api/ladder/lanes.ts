import { hostAndPort } from '../../core/model/host-and-port.ts';
import type { HostNames } from '../../core/model/host-names.ts';
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

export interface LaneNames {
  /** The operator's own. */
  readonly aliases: HostNames;
  /** What senders told of themselves. */
  learnt(ip: string): string | undefined;
  /** The addresses of a node, as its events tell them. */
  addressesOf(node: string): readonly string[];
}

/**
 * One lane a host. A host that talks to itself, as when several switches share one address, is drawn as one lane a port,
 * since arrows from a lane to itself say nothing; so is one of whose ports the operator has named two differently.
 * `places` are all that will be asked for.
 */
export function createLanes(places: readonly Place[], selfTalking: ReadonlySet<string>, names: LaneNames): Lanes {
  const lanes = new Map<string, { name: string; addresses: Set<string> }>();
  const portNames = portNamesOf(places, names.aliases);
  const lane = (id: string, name: string, address: string): string => {
    const known = lanes.get(id);
    if (known === undefined) lanes.set(id, { name, addresses: new Set(address === '' ? [] : [address]) });
    else if (address !== '') known.addresses.add(address);
    return id;
  };
  const of = (place: Place): string => {
    if (place.kind === 'node') {
      // The node's SIP address, when its events told it, is where its messages are drawn too.
      const ip = names.addressesOf(place.name).find((address) => !selfTalking.has(address));
      return ip === undefined ? lane(`node:${place.name}`, place.name, '') : of({ kind: 'address', ip, port: 0 });
    }
    const { ip, port } = place;
    const alias = names.aliases.of(ip, port);
    const ofPorts = portNames.get(ip);
    const apart = selfTalking.has(ip) || (ofPorts?.size ?? 0) > 1;
    if (apart && alias?.byPort === true) return lane(alias.key, alias.name, hostAndPort(ip, port));
    if (selfTalking.has(ip)) return lane(hostAndPort(ip, port), hostAndPort(ip, port), hostAndPort(ip, port));
    const [only] = apart ? [] : (ofPorts ?? []);
    return lane(ip, names.aliases.of(ip, 0)?.name ?? only ?? names.learnt(ip) ?? ip, ip);
  };
  return {
    of,
    list: () => [...lanes].map(([id, { name, addresses }]) => ({ id, name, addresses: [...addresses] })),
  };
}

/** By address: the names that the operator has given to ports of it that are seen here. */
function portNamesOf(places: readonly Place[], aliases: HostNames): Map<string, Set<string>> {
  const names = new Map<string, Set<string>>();
  for (const place of places) {
    const alias = place.kind === 'address' ? aliases.of(place.ip, place.port) : undefined;
    if (place.kind === 'node' || alias?.byPort !== true) continue;
    const known = names.get(place.ip);
    if (known === undefined) names.set(place.ip, new Set([alias.name]));
    else known.add(alias.name);
  }
  return names;
}
