import { partyKey } from '../../model/number.ts';
import { parseParty, readSip, type SipMessage } from '../../sip/read.ts';
import { readSdp } from '../../sip/sdp.ts';
import type { SelectOptions, Store } from '../../store/store.ts';

/** What the INVITE of a dialog says of the box that made it and of the one it was for, over all its hops. */
export interface InviteFact {
  readonly callId: string;
  /** Epoch µs of its first sighting. */
  readonly atUs: number;
  /** The box that made it, by each address that it is known by: sent-by of its own Via, Contact, source of the first hop. */
  readonly madeBy: ReadonlySet<string>;
  /** The boxes that it ended at, and when it was first seen on its way to each. A proxy that sent it on is none. */
  readonly reached: ReadonlyMap<string, number>;
  /** {@link partyKey} of everybody who may be the caller: From, P-Asserted-Identity, Remote-Party-ID, Diversion. */
  readonly callers: ReadonlySet<string>;
  /** Display name of From in lower case, "" for none. */
  readonly display: string;
  /** The media session as its maker named it, and where media is to be sent; "" without SDP. */
  readonly session: string;
  readonly media: string;
  /** The lowest Max-Forwards of its hops, and the highest; -1 when it is not said. */
  readonly forwards: readonly [least: number, most: number];
  /** The first final response but for a challenge (401, 407); 0 for none. */
  readonly status: number;
  /** Epoch µs of the first 2xx, and of the first BYE, CANCEL or final error; undefined when none was seen. */
  readonly answeredUs: number | undefined;
  readonly endedUs: number | undefined;
}

interface Row {
  call_id: string;
  at_us: string | number;
  sensor: string;
  src_ip: string;
  dst_ip: string;
  method: string;
  status: number;
  payload: string;
}

/** Copies of one dialog's beginning and end that are read; a forked INVITE has a few for each branch. */
const MAX_ROWS = 80;

/** The INVITEs of these dialogs; one whose first INVITE was never seen is left out. */
export async function readInvites(
  store: Store,
  callIds: readonly string[],
  options?: SelectOptions,
): Promise<Map<string, InviteFact>> {
  if (callIds.length === 0) return new Map();
  const rows = await store.select<Row>(
    `SELECT call_id, toUnixTimestamp64Micro(at) AS at_us, sensor, src_ip, dst_ip, method, status,
            if(method = 'INVITE' AND status = 0, base64Encode(payload), '') AS payload
     FROM (
       SELECT call_id, at, id, sensor, src_ip, dst_ip, method, status, payload FROM messages
       WHERE call_id IN {callIds:Array(String)} AND protocol = 1
         AND ((method = 'INVITE' AND ((status = 0 AND to_tag = '') OR status >= 200))
              OR (method IN ('BYE', 'CANCEL') AND status = 0))
       ORDER BY call_id, at, id LIMIT 1 BY call_id, at, id
     )
     ORDER BY call_id, at, id LIMIT {rows:UInt32} BY call_id`,
    { callIds, rows: MAX_ROWS },
    options,
  );
  const byCallId = Map.groupBy(rows, (row) => row.call_id);
  const facts = new Map<string, InviteFact>();
  for (const [callId, own] of byCallId) {
    const fact = inviteOf(callId, own);
    if (fact !== undefined) facts.set(callId, fact);
  }
  return facts;
}

/** A loopback address is one box to each sensor and another to the next. */
const LOOPBACK = /^(127\.|::1$)/;
const placeOf = (sensor: string, host: string): string => (LOOPBACK.test(host) ? `${sensor} ${host}` : host);

function inviteOf(callId: string, rows: readonly Row[]): InviteFact | undefined {
  const hops = rows
    .filter(({ method, status }) => method === 'INVITE' && Number(status) === 0)
    .map((row) => ({ ...row, atUs: Number(row.at_us), message: readSip(Buffer.from(row.payload, 'base64')) }));
  const [first] = hops;
  if (first === undefined) return undefined;
  const madeBy = new Set<string>();
  const sent = new Set<string>();
  for (const { sensor, src_ip, message } of hops) {
    const vias = message.header('via');
    const maker = /^SIP\s*\/\s*2\.0\s*\/\s*\S+\s+(\[[^\]]+\]|[^\s:;]+)/i.exec(vias.at(-1) ?? '')?.[1] ?? '';
    for (const host of [maker.replace(/^\[|\]$/g, ''), message.contact.host]) madeBy.add(placeOf(sensor, host));
    (vias.length === 1 ? madeBy : sent).add(placeOf(sensor, src_ip));
  }
  madeBy.delete('');
  const reached = new Map<string, number>();
  for (const { sensor, dst_ip, atUs } of hops) {
    const place = placeOf(sensor, dst_ip);
    if (dst_ip !== '' && !sent.has(place) && !reached.has(place)) reached.set(place, atUs);
  }
  const { bodyStart, bodyEnd } = first.message;
  const sdp = bodyEnd > bodyStart ? readSdp(Buffer.from(first.payload, 'base64'), bodyStart, bodyEnd) : undefined;
  const [media] = sdp?.media ?? [];
  const forwards = hops.map(({ message }) => message.maxForwards).filter((count) => count >= 0);
  return {
    callId,
    atUs: first.atUs,
    madeBy,
    reached,
    callers: callersOf(first.message),
    display: first.message.from.display.trim().toLowerCase(),
    session: sdp === undefined || sdp.sessionId === '' ? '' : `${sdp.username} ${sdp.sessionId} ${sdp.originAddress}`,
    media: media === undefined || media.port === 0 ? '' : `${media.address} ${media.port}`,
    forwards: forwards.length === 0 ? [-1, -1] : [Math.min(...forwards), Math.max(...forwards)],
    ...endOf(rows),
  };
}

const NOBODY = new Set(['', 'anonymous', 'unknown', 'unavailable', 'restricted', 'asterisk', 'freeswitch']);

function callersOf(message: SipMessage): Set<string> {
  const headers = ['p-asserted-identity', 'remote-party-id', 'diversion'];
  const users = headers.flatMap((name) => message.header(name).map((value) => parseParty(value).user));
  return new Set([message.from.user, ...users].map(partyKey).filter((key) => !NOBODY.has(key)));
}

function endOf(rows: readonly Row[]): Pick<InviteFact, 'status' | 'answeredUs' | 'endedUs'> {
  // A challenge is answered with the same INVITE again: it ends nothing.
  const finals = rows.filter(({ status }) => ![0, 401, 407].includes(Number(status)));
  const answer = finals.find(({ status }) => Number(status) < 300);
  const end = rows.find((row) => row.method !== 'INVITE' || (finals.includes(row) && Number(row.status) >= 300));
  return {
    status: Number(finals[0]?.status ?? 0),
    answeredUs: answer === undefined ? undefined : Number(answer.at_us),
    endedUs: end === undefined ? undefined : Number(end.at_us),
  };
}
