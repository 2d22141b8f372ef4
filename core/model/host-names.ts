import { BlockList, isIP } from 'node:net';

/** What an operator calls a host, and the words by which it was told which one. */
export interface HostAlias {
  readonly key: string;
  readonly name: string;
  /** It is said of some ports of an address only. */
  readonly byPort: boolean;
}

export interface HostNames {
  /** The alias that says most exactly which host is meant. Port 0 asks for the host as a whole. */
  of(ip: string, port: number): HostAlias | undefined;
  /** The name of the box behind a sensor, such as "hep 201". */
  ofSensor(sensor: string): string | undefined;
}

interface Rule extends HostAlias {
  readonly prefix: number;
  readonly ports: readonly [number, number] | undefined;
  matches(ip: string): boolean;
}

/**
 * Reads `hosts` of the configuration: address → name, where an address is one ("192.0.2.10", "[2001:db8::1]", a host's
 * name), a range of them ("10.0.0.0/24"), either with a port or a range of ports ("192.0.2.10:5060-5090"), or a capture id
 * ("hep 201"). Keys that say nothing of this kind are names of hosts that match themselves alone.
 */
export function createHostNames(hosts: Readonly<Record<string, string>>): HostNames {
  const exact = new Map<string, HostAlias>();
  const sensors = new Map<string, string>();
  const rules: Rule[] = [];
  for (const [key, name] of Object.entries(hosts)) {
    const sensor = /^hep\s+(\d+)$/i.exec(key.trim())?.[1];
    if (sensor !== undefined) sensors.set(`hep ${Number(sensor)}`, name);
    const rule = ruleOf(key.trim(), name);
    if (rule === undefined) exact.set(key.trim(), { key: key.trim(), name, byPort: false });
    else rules.push(rule);
  }
  // The narrower range of addresses says more, then the one that names ports, then the narrower range of ports.
  const width = ({ ports }: Rule): number => (ports === undefined ? 65_536 : ports[1] - ports[0]);
  rules.sort((a, b) => b.prefix - a.prefix || width(a) - width(b));
  return {
    of(ip, port) {
      const rule = rules.find(
        ({ ports, matches }) => (ports === undefined || (ports[0] <= port && port <= ports[1])) && matches(ip),
      );
      return exact.get(ip) ?? rule;
    },
    ofSensor: (sensor) => sensors.get(sensor),
  };
}

/** Undefined for what is no address. */
function ruleOf(key: string, name: string): Rule | undefined {
  const parts = partsOf(key);
  if (parts === undefined) return undefined;
  const { host, ports } = parts;
  const version = isIP(host);
  const base = { key, name, ports, byPort: ports !== undefined };
  if (version === 0) return ports === undefined ? undefined : { ...base, prefix: 128, matches: (ip) => ip === host };
  const bits = version === 4 ? 32 : 128;
  const prefix = parts.prefix ?? bits;
  if (prefix > bits) return undefined;
  const family = version === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(host, prefix, family);
  return {
    ...base,
    prefix: prefix + (128 - bits),
    matches: (ip) => isIP(ip) === version && list.check(ip, family),
  };
}

interface Parts {
  readonly host: string;
  readonly prefix: number | undefined;
  readonly ports: readonly [number, number] | undefined;
}

function partsOf(key: string): Parts | undefined {
  // An IPv6 address without a port needs no brackets: its last colon is no port's.
  const bare = /^([0-9a-f:.]*:[0-9a-f:.]*:[0-9a-f:.]*)(?:\/(\d{1,3}))?$/i.exec(key);
  const found = bare ?? /^(?:\[([^\]]+)\]|([^\s:/[\]]+))(?:\/(\d{1,3}))?(?::(\d{1,5})(?:-(\d{1,5}))?)?$/.exec(key);
  if (found === null) return undefined;
  const [host, prefix, from, until] =
    bare === null ? [found[1] ?? found[2], found[3], found[4], found[5]] : [found[1], found[2], undefined, undefined];
  return {
    host: host ?? '',
    prefix: prefix === undefined ? undefined : Number(prefix),
    ports: from === undefined ? undefined : [Number(from), Number(until ?? from)],
  };
}

/** Why a key of `hosts` says nothing; undefined for one that says something. */
export function hostKeyProblem(key: string): string | undefined {
  if (/^hep\s+\d+$/i.test(key.trim())) return undefined;
  const parts = partsOf(key.trim());
  if (parts === undefined) {
    return 'must be an address, "10.0.0.0/24", "192.0.2.10:5060", "192.0.2.10:5060-5090" or "hep 201"';
  }
  const { host, prefix, ports } = parts;
  const version = isIP(host);
  if (prefix !== undefined && version === 0) return 'only an IP address can be followed by "/" and a length';
  if (prefix !== undefined && prefix > (version === 4 ? 32 : 128))
    return `a prefix has at most ${version === 4 ? 32 : 128} bits`;
  if (ports !== undefined && ports[1] > 65_535) return 'a port is at most 65535';
  if (ports !== undefined && ports[0] > ports[1]) return 'the first port of a range is the smaller one';
  return undefined;
}
