import { type ChannelEventSeen, headerOf, type LogLineSeen } from '../core/model/capture-event.ts';
import { channelNode } from '../core/model/edge.ts';
import type { CorrelationOptions } from './derive.ts';
import { addName, addUser } from './derive-packet.ts';
import type { Derived, HostName, SearchTerm } from './derived.ts';
import { edgesFromEvent } from './edges/from-event.ts';
import { edgesFromLog } from './edges/from-log.ts';

/** Events after which a leg's parties are known; the many others only repeat them. */
const NAMES_PARTIES = new Set([
  'CHANNEL_CREATE',
  'CHANNEL_ORIGINATE',
  'CHANNEL_ANSWER',
  'CHANNEL_BRIDGE',
  'CALL_UPDATE',
  'CHANNEL_HANGUP',
  'CHANNEL_HANGUP_COMPLETE',
  'CHANNEL_DATA',
]);

export function deriveEvent(event: ChannelEventSeen, options: CorrelationOptions): Derived {
  const { headers } = event;
  const channel = channelOf(event);
  return {
    rows: [
      {
        table: 'events',
        row: {
          id: event.id,
          at: event.atUs,
          arrived: event.arrivedUs,
          origin: event.origin,
          node: event.node,
          core_uuid: event.coreUuid,
          sequence: event.sequence,
          name: event.name,
          subclass: headerOf(headers, 'Event-Subclass'),
          channel,
          backfill: event.backfill ? 1 : 0,
          headers: JSON.stringify(headers),
        },
      },
    ],
    edges: edgesFromEvent(event, options.correlationVariables),
    terms: NAMES_PARTIES.has(event.name) && channel !== '' ? termsOf(event, channel) : [],
    hosts: hostsOf(event),
  };
}

/** The channel that an event is shown on. Some queue and loopback events have no Unique-ID but name a channel. */
function channelOf({ headers }: ChannelEventSeen): string {
  return (
    headerOf(headers, 'Unique-ID') ||
    headerOf(headers, 'CC-Member-Session-UUID') ||
    headerOf(headers, 'Acquired-UUID') ||
    headerOf(headers, 'Connecting-Leg-A-UUID')
  );
}

function termsOf({ headers, atUs }: ChannelEventSeen, channel: string): SearchTerm[] {
  const node = channelNode(channel);
  const terms: SearchTerm[] = [];
  addUser(terms, node, 'caller', headerOf(headers, 'Caller-Caller-ID-Number'), atUs);
  addUser(terms, node, 'ani', headerOf(headers, 'Caller-ANI'), atUs);
  addUser(terms, node, 'destination', headerOf(headers, 'Caller-Destination-Number'), atUs);
  addUser(terms, node, 'callee', headerOf(headers, 'Caller-Callee-ID-Number'), atUs);
  addName(terms, node, 'caller', headerOf(headers, 'Caller-Caller-ID-Name'), atUs);
  const address = headerOf(headers, 'Caller-Network-Addr');
  if (address !== '') terms.push({ kind: 'ip', value: address, node, role: 'hop', atUs });
  return terms;
}

/** The address that this FreeSWITCH's SIP profile is bound to; FreeSWITCH-IPv4 is only a guess of the host's main one. */
function hostsOf({ headers, node, atUs }: ChannelEventSeen): HostName[] {
  const address = headerOf(headers, 'variable_sip_local_network_addr');
  return address === '' ? [] : [{ address, name: node, source: 'freeswitch', atUs }];
}

export function deriveLog(line: LogLineSeen): Derived {
  return {
    rows: [
      {
        table: 'logs',
        row: {
          id: line.id,
          at: line.atUs,
          arrived: line.arrivedUs,
          node: line.node,
          channel: line.channel,
          level: line.level,
          file: line.file,
          func: line.func,
          line: line.line,
          seq: line.order,
          text: line.text,
        },
      },
    ],
    edges: edgesFromLog(line),
    terms: [],
    hosts: [],
  };
}
