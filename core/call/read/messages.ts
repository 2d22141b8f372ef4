import { hides, onlyOf } from '../../runtime/sight.ts';
import { readSip, type SipMessage } from '../../sip/read.ts';
import type { SelectOptions, Store } from '../../store/store.ts';
import { shownAddress } from './address.ts';
import { type Cells, numberOf, textOf } from './cells.ts';

/** What {@link StoredMessage} tells, as plain values, wherever they are from. */
export type MessageFact = Pick<StoredMessage, keyof StoredMessage>;

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
  const read = rows.map((row): MessageFact => new StoredMessage(row));
  const all = sorted ? read : eachOnce(read);
  const messages = onlyOf(options) === undefined ? all : all.filter(({ sensor }) => !hides(options, sensor));
  return want.payload === 'all' ? messages : withFirst(store, messages, options);
}

/** Messages by time, each once: a row that was delivered twice stands twice until the engine merges it away. */
function eachOnce(messages: MessageFact[]): MessageFact[] {
  messages.sort((a, b) => a.atUs - b.atUs || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const last = new Set<string>();
  return messages.filter(({ atUs, id, callId }, i) => {
    const [isFirst, isLast] = [messages[i - 1]?.atUs !== atUs, messages[i + 1]?.atUs !== atUs];
    if (isFirst && isLast) return true;
    if (isFirst) last.clear();
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

/**
 * One stored SIP message or media report. A class, as a call may have ten thousand: an object with getters of its own is eight
 * closures more.
 */
class StoredMessage {
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
  private read: SipMessage | undefined;

  constructor(row: Cells) {
    this.id = textOf(row, 'key');
    this.atUs = numberOf(row, 'at_us');
    this.sensor = textOf(row, 'sensor');
    this.protocol = numberOf(row, 'protocol');
    this.transport = textOf(row, 'transport');
    this.srcIp = shownAddress(textOf(row, 'src'));
    this.srcPort = numberOf(row, 'src_port');
    this.dstIp = shownAddress(textOf(row, 'dst'));
    this.dstPort = numberOf(row, 'dst_port');
    this.callId = textOf(row, 'call_id');
    this.method = textOf(row, 'method');
    this.status = numberOf(row, 'status');
    this.cseq = numberOf(row, 'cseq');
    this.cseqMethod = textOf(row, 'cseq_method');
    this.reason = textOf(row, 'reason');
    this.digest = textOf(row, 'digest');
    this.payload = Buffer.from(textOf(row, 'bytes'), 'base64');
    this.read = undefined;
  }

  /** What a reader finds in the payload; read when it is first asked for, as is what follows from it. */
  get sip(): SipMessage {
    this.read ??= readSip(this.payload);
    return this.read;
  }
  get fromUser(): string {
    return this.sip.from.user;
  }
  get fromName(): string {
    return this.sip.from.display;
  }
  get fromTag(): string {
    return this.sip.fromTag;
  }
  get toUser(): string {
    return this.sip.to.user;
  }
  get toName(): string {
    return this.sip.to.display;
  }
  get toTag(): string {
    return this.sip.toTag;
  }
}
