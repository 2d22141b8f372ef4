import { type PacketSeen, PROTOCOL } from '../core/model/capture-event.ts';
import { callIdNode } from '../core/model/edge.ts';
import { stableId } from '../core/model/id.ts';
import { digitsOf, partyKey } from '../core/model/number.ts';
import { parseParties, readSip, type SipMessage, type SipParty } from '../core/sip/read.ts';
import { type SipPiece, splitSip } from '../core/sip/split.ts';
import type { Row } from '../core/store/tables.ts';
import { type Birth, type Derived, NOTHING, type SearchTerm, type TableRow } from './derived.ts';
import { edgesFromHepLog } from './edges/from-hep-log.ts';
import { edgesFromMessage } from './edges/from-message.ts';
import type { CorrelationOptions } from './options.ts';
import { addName, addUser } from './terms.ts';

/** Requests that begin something a person may look for. NOTIFY and most of what runs inside a dialog do not. */
const BEGINS = new Set(['INVITE', 'REGISTER', 'MESSAGE', 'SUBSCRIBE']);

/** A packet as a capture agent reported it: SIP, one or several messages; a log line; a media report. */
export function derivePacket(packet: PacketSeen, options: CorrelationOptions): Derived {
  switch (packet.protocol) {
    case PROTOCOL.sip:
      return deriveSip(packet, options);
    case PROTOCOL.log:
      return deriveLogPacket(packet, options);
    default:
      return { ...NOTHING, rows: [{ table: 'messages', row: messageRow(packet, packet.id, undefined) }] };
  }
}

function deriveSip(packet: PacketSeen, options: CorrelationOptions): Derived {
  const rows: TableRow[] = [];
  const edges: Derived['edges'][number][] = [];
  const terms: SearchTerm[] = [];
  const births: Birth[] = [];
  const parts = boundedParts(splitSip(packet.payload));
  for (const [index, part] of parts.entries()) {
    const bytes = parts.length === 1 ? packet.payload : packet.payload.subarray(part.start, part.end);
    const id = parts.length === 1 ? packet.id : stableId(packet.id, index);
    const message = readSip(bytes);
    rows.push({ table: 'messages', row: messageRow({ ...packet, payload: bytes }, id, message, part.flaw) });
    edges.push(...edgesFromMessage(packet, message, id, options));
    if (isWorthFinding(message)) terms.push(...termsOf(packet, message));
    births.push(...birthsOf(packet, message, id));
  }
  // Nothing but keep-alive line ends, or nothing at all: still a fact of the wire, but not a message.
  if (parts.length === 0) rows.push({ table: 'messages', row: messageRow(packet, packet.id, readSip(packet.payload)) });
  return { rows, edges, terms, hosts: [], births };
}

/** More messages than this in one packet are not sent by any switch; the rest is kept as one piece. */
const MAX_PARTS = 200;

type Part = Omit<SipPiece, 'flaw'> & { readonly flaw: SipPiece['flaw'] | 'too_many_messages' };

function boundedParts(parts: readonly SipPiece[]): readonly Part[] {
  const [first, last] = [parts[MAX_PARTS], parts.at(-1)];
  if (first === undefined || last === undefined) return parts;
  return [...parts.slice(0, MAX_PARTS), { start: first.start, end: last.end, flaw: 'too_many_messages' }];
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

function messageRow(packet: PacketSeen, id: string, message: SipMessage | undefined, flaw = ''): Row<'messages'> {
  return {
    id,
    at: packet.atUs,
    arrived: packet.arrivedUs,
    sensor: packet.sensor,
    protocol: packet.protocol,
    transport: packet.transport,
    src_ip: packet.srcIp,
    src_port: packet.srcPort,
    dst_ip: packet.dstIp,
    dst_port: packet.dstPort,
    // Media reports and lines are filed under the Call-ID that their sender gave them.
    call_id: message?.callId || packet.correlationId,
    method: message?.method ?? '',
    status: bounded(message?.status, 0xffff),
    cseq: bounded(message?.cseq, 0xffffffff),
    cseq_method: message?.cseqMethod ?? '',
    from_user: message?.from.user ?? '',
    from_name: message?.from.display ?? '',
    from_tag: message?.from.tag ?? '',
    to_user: message?.to.user ?? '',
    to_name: message?.to.display ?? '',
    to_tag: message?.to.tag ?? '',
    branch: message?.via.branch ?? '',
    correlation_id: packet.correlationId,
    reason: flaw || message?.flaw || '',
    payload: packet.payload,
  };
}

function deriveLogPacket(packet: PacketSeen, options: CorrelationOptions): Derived {
  const line = logRow(packet);
  return { ...NOTHING, rows: [line], edges: edgesFromHepLog(packet, line.row.text, options) };
}

/** Senders write any number; a column holds what fits, and 0 stands for what does not. */
function bounded(value: number | undefined, max: number): number {
  return value !== undefined && Number.isInteger(value) && value >= 0 && value <= max ? value : 0;
}

/** Kamailio's hlog() and OpenSIPS's xlog over HEP type 100: free text, filed under the Call-ID of chunk 0x11. */
function logRow(packet: PacketSeen): Extract<TableRow, { table: 'logs' }> {
  const text = packet.payload.toString('utf8').trimEnd();
  return {
    table: 'logs',
    row: {
      id: packet.id,
      at: packet.atUs,
      arrived: packet.arrivedUs,
      node: packet.sensor,
      channel: '',
      call_id: packet.correlationId,
      level: levelOf(text),
      file: '',
      func: '',
      line: 0,
      seq: 0,
      text,
    },
  };
}

/** OpenSIPS writes the level before the text, Kamailio writes none. */
function levelOf(text: string): number {
  const word = /^(ALERT|CRIT|ERR|ERROR|WARNING|WARN|NOTICE|INFO|DBG|DEBUG):/.exec(text)?.[1];
  switch (word) {
    case 'ALERT':
      return 1;
    case 'CRIT':
      return 2;
    case 'ERR':
    case 'ERROR':
      return 3;
    case 'WARNING':
    case 'WARN':
      return 4;
    case 'NOTICE':
      return 5;
    case 'DBG':
    case 'DEBUG':
      return 7;
    default:
      return 6;
  }
}

/** Addresses that are read of one kind of header: a message that names more wants to be found by everything. */
const MAX_PARTIES = 20;

function termsOf(packet: PacketSeen, message: SipMessage): SearchTerm[] {
  const node = callIdNode(message.callId);
  const terms: SearchTerm[] = [];
  const party = (role: string, { user, display }: Pick<SipParty, 'user' | 'display'>): void => {
    addUser(terms, node, role, user, packet.atUs);
    addName(terms, node, role, display, packet.atUs);
  };
  party('from', message.from);
  party('to', message.to);
  addUser(terms, node, 'request', message.uriUser, packet.atUs);
  for (const header of ['p-asserted-identity', 'remote-party-id', 'diversion', 'refer-to']) {
    for (const value of message.header(header).slice(0, MAX_PARTIES)) {
      for (const one of parseParties(value, MAX_PARTIES)) party(header, one);
    }
  }
  for (const ip of new Set([packet.srcIp, packet.dstIp])) {
    if (ip !== '') terms.push({ kind: 'ip', value: ip, node, role: 'hop', atUs: packet.atUs });
  }
  return terms;
}
