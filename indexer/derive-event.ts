import { type ChannelEventSeen, headerOf, type LogLineSeen } from '../core/model/capture-event.ts';
import { channelNode } from '../core/model/edge.ts';
import type { Role } from '../core/model/roles.ts';
import { birthsOfAmi } from './births-ami.ts';
import { type Derived, type HostName, NOTHING, type SearchTerm } from './derived.ts';
import { edgesFromAmi } from './edges/from-ami.ts';
import { edgesFromEvent } from './edges/from-event.ts';
import { edgesFromLog } from './edges/from-log.ts';
import type { CorrelationOptions } from './options.ts';
import { addName, addUser } from './terms.ts';

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
  'Newchannel',
  'NewCallerid',
  'DialBegin',
  'Hangup',
]);

/** @param channel the one that the event is shown on */
export function deriveEvent(event: ChannelEventSeen, channel: string, options: CorrelationOptions): Derived {
  return {
    rows: NOTHING.rows,
    edges:
      event.origin === 'asterisk' ? edgesFromAmi(event, options) : edgesFromEvent(event, options.correlationVariables),
    asides: NOTHING.asides,
    terms: NAMES_PARTIES.has(event.name) && channel !== '' ? termsOf(event, channel) : [],
    hosts: hostsOf(event),
    births: options.guesses && event.origin === 'asterisk' ? birthsOfAmi(event) : [],
  };
}

const ASTERISK_PARTIES: Partial<Record<Role, string>> = {
  caller: 'CallerIDNum',
  destination: 'Exten',
  callee: 'ConnectedLineNum',
  caller_name: 'CallerIDName',
};

/** Headers that name the channel an event is shown on. Queue, loopback and transfer events have no plain one. */
const CHANNEL_HEADERS = {
  freeswitch: ['Unique-ID', 'CC-Member-Session-UUID', 'Acquired-UUID', 'Connecting-Leg-A-UUID'],
  asterisk: [
    'Uniqueid',
    'DestUniqueid',
    'ParkeeUniqueid',
    'TransfererUniqueid',
    'OrigTransfererUniqueid',
    'LocalOneUniqueid',
  ],
} as const;

/** The channel that an event is shown on, "" for none. */
export function channelOf({ headers, origin }: ChannelEventSeen): string {
  for (const header of CHANNEL_HEADERS[origin]) {
    const channel = headerOf(headers, header);
    if (channel !== '' && !channel.startsWith('<')) return channel;
  }
  return '';
}

function termsOf({ headers, atUs, origin }: ChannelEventSeen, channel: string): SearchTerm[] {
  const node = channelNode(channel);
  const terms: SearchTerm[] = [];
  if (origin === 'asterisk') {
    for (const [role, header] of Object.entries(ASTERISK_PARTIES) as [Role, string][]) {
      const user = headerOf(headers, header);
      // "s" is Asterisk's extension for "none was dialled".
      if (!user.startsWith('<') && user !== 's') addUser(terms, node, role, user, atUs);
    }
    return terms;
  }
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
  const edges = edgesFromLog(line);
  const terms = termsOfLog(line);
  return edges.length + terms.length === 0 ? NOTHING : { ...NOTHING, edges, terms };
}

/** mod_dialplan_xml writes the parties of a call once: "Processing Alice <1001>->1002 in context public". */
const PROCESSING = /Processing (.{0,200}) <([^<>]{0,100})>->(\S{1,100}) in context /;

function termsOfLog({ channel, text, atUs }: LogLineSeen): readonly SearchTerm[] {
  const found = channel !== '' && text.includes('Processing ') ? PROCESSING.exec(text) : null;
  if (found === null) return NOTHING.terms;
  const terms: SearchTerm[] = [];
  addName(terms, channelNode(channel), 'caller', found[1] ?? '', atUs);
  addUser(terms, channelNode(channel), 'caller', found[2] ?? '', atUs);
  addUser(terms, channelNode(channel), 'destination', found[3] ?? '', atUs);
  return terms;
}
