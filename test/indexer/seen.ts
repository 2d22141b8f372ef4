import type { ChannelEventSeen, EventHeaders, LogLineSeen, PacketSeen } from '../../core/model/capture-event.ts';
import type { Edge } from '../../core/model/edge.ts';
import { stableId } from '../../core/model/id.ts';

/** Capture events made by hand, with what the rules look at. */

export const AT = 1_795_256_498_752_000;

export function channelEvent(name: string, headers: EventHeaders, sequence = 1): ChannelEventSeen {
  return {
    kind: 'event',
    origin: 'freeswitch',
    id: stableId(name, sequence, JSON.stringify(headers)),
    atUs: AT,
    arrivedUs: AT,
    node: 'fs1',
    coreUuid: 'core-1',
    sequence,
    name,
    headers: { 'Event-Name': name, ...headers },
    backfill: false,
  };
}

export function logLine(text: string, over: Partial<LogLineSeen> = {}): LogLineSeen {
  return {
    kind: 'log',
    id: stableId(text),
    atUs: AT,
    arrivedUs: AT,
    node: 'fs1',
    channel: 'chan-a',
    level: 6,
    file: 'sofia.c',
    func: 'f',
    line: 1,
    order: 1,
    text,
    ...over,
  };
}

export function sipPacket(text: string, over: Partial<PacketSeen> = {}): PacketSeen {
  const payload = Buffer.from(text.replaceAll(/\r?\n/g, '\r\n'));
  return {
    kind: 'packet',
    id: stableId(payload),
    atUs: AT,
    arrivedUs: AT,
    sensor: 'hep 101',
    protocol: 1,
    transport: 'udp',
    srcIp: '192.0.2.1',
    srcPort: 5060,
    dstIp: '192.0.2.2',
    dstPort: 5060,
    correlationId: '',
    payload,
    ...over,
  };
}

/** An edge as one short line: "parent u:a > u:b (originator)". */
export const short = ({ kind, a, b, why }: Edge): string => `${kind} ${a} > ${b} (${why})`;
