import { hides, onlyOf } from '../../runtime/sight.ts';
import { readSip, type SipMessage } from '../../sip/read.ts';
import type { SelectOptions, Store } from '../../store/store.ts';
import { shownAddress } from './address.ts';
import { type Cells, numberOf, textOf } from './cells.ts';

/** One stored SIP message or media report. */
export interface MessageFact {
  readonly id: string;
  readonly atUs: number;
  readonly sensor: string;
  readonly protocol: number;
  readonly transport: string;
  /** "" where the sensor did not say. */
  readonly srcIp: string;
  readonly srcPort: number;
  readonly dstIp: string;
  readonly dstPort: number;
  readonly callId: string;
  readonly method: string;
  readonly status: number;
  readonly cseq: number;
  readonly cseqMethod: string;
  readonly reason: string;
  /** Hash of the captured bytes: equal for copies of one message at two sensors. */
  readonly digest: string;
  /** The captured bytes; empty when they were not asked for. */
  readonly payload: Buffer;
  /** What a reader finds in the payload; read when it is first asked for, as is what follows from it. */
  readonly sip: SipMessage;
  readonly fromUser: string;
  readonly fromName: string;
  readonly fromTag: string;
  readonly toUser: string;
  readonly toName: string;
  readonly toTag: string;
}

/** Rows of one call that an answer holds before it says "truncated". */
export const MAX_MESSAGES = 10_000;
/** Rows that outline a page of calls. */
const MAX_OUTLINE = 1_000_000;

/**
 * Which captured bytes come along. An outline of a dialog needs those of its requests, which name the parties, and where no
 * request was seen those of its first message.
 */
export type Payloads = 'all' | 'outline';

/** SIP messages of these Call-IDs, oldest first, each once. */
export async function readMessages(
  store: Store,
  callIds: readonly string[],
  want: { readonly payload: Payloads; readonly sipOnly?: boolean },
  options?: SelectOptions,
  sorted = false,
): Promise<MessageFact[]> {
  if (callIds.length === 0) return [];
  const limit = want.payload === 'all' ? MAX_MESSAGES : MAX_OUTLINE;
  const payload = want.payload === 'all' ? 'payload' : "if(status > 0, '', payload)";
  const rows = await store.select<Cells>(
    `SELECT lower(hex(id)) AS key, toUnixTimestamp64Micro(at) AS at_us, sensor, protocol, transport,
            toString(src_ip) AS src, src_port, toString(dst_ip) AS dst, dst_port, call_id, method, status, cseq, cseq_method,
            reason, lower(hex(sipHash64(payload))) AS digest, base64Encode(${payload}) AS bytes
     FROM messages WHERE call_id IN {callIds:Array(String)} ${want.sipOnly === true ? 'AND protocol = 1' : ''}
     ${sorted ? 'ORDER BY at, id LIMIT 1 BY call_id, at, id' : ''} LIMIT {limit:UInt32}`,
    { callIds, limit },
    options,
  );
  // The rows of one call are sorted here, as the engine takes as long for its plan as for the rows; of those that do not
  // all fit the first ones count, and which they are the engine alone can tell.
  if (!sorted && rows.length >= limit) return readMessages(store, callIds, want, options, true);
  const all = sorted ? rows.map(messageOf) : eachOnce(rows.map(messageOf));
  const messages = onlyOf(options) === undefined ? all : all.filter(({ sensor }) => !hides(options, sensor));
  return want.payload === 'all' ? messages : withFirst(store, messages, options);
}

/** Messages by time, each once: a row that was delivered twice stands twice until the engine merges it away. */
function eachOnce(messages: MessageFact[]): MessageFact[] {
  messages.sort((a, b) => a.atUs - b.atUs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const last = new Set<string>();
  return messages.filter(({ atUs, id, callId }, i) => {
    if (messages[i - 1]?.atUs !== atUs) last.clear();
    const key = `${id} ${callId}`;
    if (last.has(key)) return false;
    last.add(key);
    return true;
  });
}

/** Dialogs of which no request was seen are named by their first message. */
async function withFirst(
  store: Store,
  messages: readonly MessageFact[],
  options?: SelectOptions,
): Promise<MessageFact[]> {
  const named = new Set(messages.filter(({ payload }) => payload.length > 0).map(({ callId }) => callId));
  const nameless = [...new Set(messages.filter(({ callId }) => !named.has(callId)).map(({ callId }) => callId))];
  if (nameless.length === 0) return [...messages];
  const whole = await readMessages(store, nameless, { payload: 'all', sipOnly: true }, options);
  const byId = new Map(whole.map((message) => [`${message.callId}\0${message.atUs}\0${message.id}`, message]));
  return messages.map((message) => byId.get(`${message.callId}\0${message.atUs}\0${message.id}`) ?? message);
}

function messageOf(row: Cells): MessageFact {
  const payload = Buffer.from(textOf(row, 'bytes'), 'base64');
  let read: SipMessage | undefined;
  const sip = (): SipMessage => {
    read ??= readSip(payload);
    return read;
  };
  return {
    id: textOf(row, 'key'),
    atUs: numberOf(row, 'at_us'),
    sensor: textOf(row, 'sensor'),
    protocol: numberOf(row, 'protocol'),
    transport: textOf(row, 'transport'),
    srcIp: shownAddress(textOf(row, 'src')),
    srcPort: numberOf(row, 'src_port'),
    dstIp: shownAddress(textOf(row, 'dst')),
    dstPort: numberOf(row, 'dst_port'),
    callId: textOf(row, 'call_id'),
    method: textOf(row, 'method'),
    status: numberOf(row, 'status'),
    cseq: numberOf(row, 'cseq'),
    cseqMethod: textOf(row, 'cseq_method'),
    reason: textOf(row, 'reason'),
    digest: textOf(row, 'digest'),
    payload,
    get sip() {
      return sip();
    },
    get fromUser() {
      return sip().from.user;
    },
    get fromName() {
      return sip().from.display;
    },
    get fromTag() {
      return sip().fromTag;
    },
    get toUser() {
      return sip().to.user;
    },
    get toName() {
      return sip().to.display;
    },
    get toTag() {
      return sip().toTag;
    },
  };
}
