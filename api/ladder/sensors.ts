import type { MessageFact } from '../../core/call/read/messages.ts';

/** By sensor. */
export type SensorAddresses = ReadonlyMap<string, string>;

/**
 * By sensor: the address of the box on which it is, which is at one end of all that it sees. Left out are sensors that saw
 * one hop only, as either end of it may be theirs.
 */
export function sensorAddresses(messages: readonly MessageFact[]): SensorAddresses {
  const common = new Map<string, { own: readonly string[]; readonly all: Set<string> }>();
  for (const { sensor, srcIp, dstIp } of messages) {
    if (srcIp === '' || dstIp === '') continue;
    const known = common.get(sensor);
    if (known === undefined) common.set(sensor, { own: [srcIp, dstIp], all: new Set([srcIp, dstIp]) });
    else {
      known.own = known.own.filter((ip) => ip === srcIp || ip === dstIp);
      known.all.add(srcIp).add(dstIp);
    }
  }
  const addresses = new Map<string, string>();
  for (const [sensor, { own, all }] of common) {
    const [ip, other] = new Set(own).size === 1 ? [own[0]] : own;
    if (ip !== undefined && other === undefined && all.size > 1) addresses.set(sensor, ip);
  }
  return addresses;
}
