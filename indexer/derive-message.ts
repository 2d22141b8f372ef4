import type { PacketSeen } from '../core/model/capture-event.ts';
import { callIdNode } from '../core/model/edge.ts';
import { digitsOf, partyKey } from '../core/model/number.ts';
import type { Role } from '../core/model/roles.ts';
import { parseParties, type SipMessage, type SipParty } from '../core/sip/read.ts';
import { type Birth, type Derived, NOTHING, type SearchTerm } from './derived.ts';
import { edgesFromMessage } from './edges/from-message.ts';
import type { CorrelationOptions } from './options.ts';
import { addName, addUser } from './terms.ts';

/** Requests that begin something a person may look for. NOTIFY and most of what runs inside a dialog do not. */
const BEGINS: ReadonlySet<string> = new Set(['INVITE', 'REGISTER', 'MESSAGE', 'SUBSCRIBE']);

/** What follows from one SIP message beside its row. `id` is that of the row. Pure. */
export function deriveMessage(
  packet: PacketSeen,
  message: SipMessage,
  id: string,
  options: CorrelationOptions,
): Derived {
  return {
    ...NOTHING,
    edges: edgesFromMessage(packet, message, id, options),
    terms: isWorthFinding(message) ? termsOf(packet, message) : [],
    births: options.guesses ? birthsOf(packet, message, id) : [],
  };
}

function birthsOf({ atUs }: PacketSeen, message: SipMessage, id: string): Birth[] {
  const { request, method, callId, to, from, uriUser } = message;
  const toKey = partyKey(uriUser || to.user);
  if (!request || method !== 'INVITE' || to.tag !== '' || callId === '' || toKey === '') return [];
  const evidence = { table: 'messages', id, atUs } as const;
  return [
    {
      node: callIdNode(callId),
      switch: '',
      direction: '',
      fromKey: partyKey(from.user),
      toKey,
      parent: '',
      evidence,
      atUs,
    },
  ];
}

function isWorthFinding({ request, method, callId, to, from, uriUser }: SipMessage): boolean {
  if (!request || callId === '') return false;
  // The target of a transfer may never be called: a REFER inside the dialog is all there is of it.
  if (method === 'REFER') return true;
  if (to.tag !== '') return false;
  // Keep-alives ask a host and come from one; an OPTIONS from a number to a user was sent on purpose.
  if (method === 'OPTIONS') return uriUser !== '' && digitsOf(from.user) !== '';
  return BEGINS.has(method);
}

const PARTY_HEADERS = ['p-asserted-identity', 'remote-party-id', 'diversion', 'refer-to'] as const;
/** Addresses that are read of one kind of header: a message that names more wants to be found by everything. */
const MAX_PARTIES = 20;

function termsOf(packet: PacketSeen, message: SipMessage): SearchTerm[] {
  const node = callIdNode(message.callId);
  const terms: SearchTerm[] = [];
  const party = (role: Role, { user, display }: Pick<SipParty, 'user' | 'display'>): void => {
    addUser(terms, node, role, user, packet.atUs);
    addName(terms, node, role, display, packet.atUs);
  };
  party('from', message.from);
  party('to', message.to);
  addUser(terms, node, 'request', message.uriUser, packet.atUs);
  for (const header of PARTY_HEADERS) {
    for (const value of message.header(header).slice(0, MAX_PARTIES)) {
      for (const one of parseParties(value, MAX_PARTIES)) party(header, one);
    }
  }
  for (const ip of new Set([packet.srcIp, packet.dstIp])) {
    if (ip !== '') terms.push({ kind: 'ip', value: ip, node, role: 'hop', atUs: packet.atUs });
  }
  return terms;
}
