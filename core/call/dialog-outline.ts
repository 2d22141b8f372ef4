import type { Party } from './types.ts';

/** What one SIP message tells about its dialog. */
export interface DialogMark {
  readonly atUs: number;
  /** Of a request; "" of a response. */
  readonly method: string;
  /** 0 for a request. */
  readonly status: number;
  readonly cseqMethod: string;
  readonly fromUser: string;
  readonly fromName: string;
  readonly fromTag: string;
  readonly toUser: string;
  readonly toName: string;
  /** Whether it has a To-tag: it is inside the dialog. */
  readonly inside: boolean;
  /** "host:port"; "" when the sensor did not say. */
  readonly src: string;
  readonly dst: string;
  readonly sensor: string;
}

/** The message that names a dialog: the request that began it (rank 0), else any request (1), else any response (2). */
export interface Naming {
  readonly rank: number;
  readonly atUs: number;
  /** Of a response the method of its CSeq. */
  readonly method: string;
  readonly from: Party;
  readonly to: Party;
  readonly fromTag: string;
  readonly src: string;
  readonly dst: string;
}

/**
 * What is known of one Call-ID from some of its messages, so that the outlines of any parts of them, in any order and
 * with any of them twice, come to the same. Times are epoch µs, 0 for never.
 */
export interface DialogOutline {
  sinceUs: number;
  untilUs: number;
  named: Naming | undefined;
  /** First 18x to an INVITE. */
  ringingUs: number;
  /** First BYE, and its From-tag. */
  byeUs: number;
  byeTag: string;
  /** Of the first final answer to a BYE, a 2xx before any other; 0 for none but challenges. */
  byeStatus: number;
  byeAnswerUs: number;
  cancelled: boolean;
  /** Final responses, each kind once. There are few, so a list is smaller than a map, and there are many outlines. */
  readonly finals: FinalSeen[];
  readonly sensors: string[];
}

/** A final response: "200 INVITE 192.0.2.1:5060" (status, method, where to), when first and when last. */
export interface FinalSeen {
  readonly key: string;
  firstUs: number;
  lastUs: number;
}

export function emptyOutline(): DialogOutline {
  return {
    sinceUs: 0,
    untilUs: 0,
    named: undefined,
    ringingUs: 0,
    byeUs: 0,
    byeTag: '',
    byeStatus: 0,
    byeAnswerUs: 0,
    cancelled: false,
    finals: [],
    sensors: [],
  };
}

/** Adds one message. */
export function noteMark(outline: DialogOutline, mark: DialogMark): void {
  const { atUs, status, method } = mark;
  noteTime(outline, atUs, atUs);
  noteSensor(outline, mark.sensor);
  const rank = status > 0 ? 2 : !mark.inside && method !== 'ACK' && method !== 'CANCEL' ? 0 : 1;
  const { named } = outline;
  if (named === undefined || rank < named.rank || (rank === named.rank && atUs <= named.atUs)) {
    outline.named = earlier(named, namingOf(mark, rank));
  }
  if (status === 0) {
    if (method === 'BYE') noteBye(outline, atUs, mark.fromTag);
    else if (method === 'CANCEL') outline.cancelled = true;
  } else if (status >= 200) {
    noteFinal(outline, `${status} ${mark.cseqMethod} ${mark.dst}`, atUs, atUs);
    if (mark.cseqMethod === 'BYE') noteByeAnswer(outline, status, atUs);
  } else if (status >= 180 && mark.cseqMethod === 'INVITE') outline.ringingUs = first(outline.ringingUs, atUs);
}

/** Adds what another part of the messages says. */
export function mergeOutline(into: DialogOutline, other: DialogOutline): void {
  noteTime(into, other.sinceUs, other.untilUs);
  if (other.named !== undefined) into.named = earlier(into.named, other.named);
  into.ringingUs = first(into.ringingUs, other.ringingUs);
  if (other.byeUs !== 0) noteBye(into, other.byeUs, other.byeTag);
  if (other.byeStatus !== 0) noteByeAnswer(into, other.byeStatus, other.byeAnswerUs);
  into.cancelled ||= other.cancelled;
  for (const { key, firstUs, lastUs } of other.finals) noteFinal(into, key, firstUs, lastUs);
  for (const sensor of other.sensors) noteSensor(into, sensor);
}

export function noteTime(outline: DialogOutline, sinceUs: number, untilUs: number): void {
  outline.sinceUs = first(outline.sinceUs, sinceUs);
  if (untilUs > outline.untilUs) outline.untilUs = untilUs;
}

function noteBye(outline: DialogOutline, atUs: number, tag: string): void {
  const sooner = outline.byeUs === 0 || atUs < outline.byeUs || (atUs === outline.byeUs && tag < outline.byeTag);
  if (!sooner) return;
  outline.byeUs = atUs;
  outline.byeTag = tag;
}

/** Whoever hung up gets over a challenge or a 503 and is answered at last, or not (RFC 6076 §4.4, §5.3). */
export function noteByeAnswer(outline: DialogOutline, status: number, atUs: number): void {
  if (status === 401 || status === 407) return;
  const known = outline.byeStatus;
  const [better, worse] = [status < 300 && known >= 300, status >= 300 && known < 300 && known !== 0];
  const sooner = atUs < outline.byeAnswerUs || (atUs === outline.byeAnswerUs && status < known);
  if (known !== 0 && (worse || (!better && !sooner))) return;
  outline.byeStatus = status;
  outline.byeAnswerUs = atUs;
}

function noteFinal({ finals }: DialogOutline, key: string, firstUs: number, lastUs: number): void {
  const known = finals.find((one) => one.key === key);
  if (known === undefined) {
    finals.push({ key, firstUs, lastUs });
    return;
  }
  if (firstUs < known.firstUs) known.firstUs = firstUs;
  if (lastUs > known.lastUs) known.lastUs = lastUs;
}

function noteSensor({ sensors }: DialogOutline, sensor: string): void {
  if (!sensors.includes(sensor)) sensors.push(sensor);
}

const first = (a: number, b: number): number => (a === 0 ? b : b === 0 ? a : Math.min(a, b));

function namingOf(mark: DialogMark, rank: number): Naming {
  return {
    rank,
    atUs: mark.atUs,
    method: mark.status > 0 ? mark.cseqMethod : mark.method,
    from: { number: mark.fromUser, name: mark.fromName },
    to: { number: mark.toUser, name: mark.toName },
    fromTag: mark.fromTag,
    src: mark.src,
    dst: mark.dst,
  };
}

/** The one that counts: by rank, then time; of two at one moment always the same one. */
function earlier(a: Naming | undefined, b: Naming): Naming {
  if (a === undefined) return b;
  const order = a.rank - b.rank || a.atUs - b.atUs;
  if (order !== 0) return order < 0 ? a : b;
  return JSON.stringify(a) <= JSON.stringify(b) ? a : b;
}
