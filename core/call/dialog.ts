import { hostAndPort } from '../model/host-and-port.ts';
import { mergeCopies } from './copies.ts';
import { type DialogMark, type DialogOutline, emptyOutline, noteMark } from './dialog-outline.ts';
import type { MessageFact } from './read/messages.ts';
import type { Party } from './types.ts';

/** What the messages of one Call-ID say about it. Times are epoch µs. */
export interface Dialog {
  readonly callId: string;
  /** Method that began it, as far as was seen. */
  readonly method: string;
  readonly from: Party;
  readonly to: Party;
  readonly startedUs: number;
  readonly lastUs: number;
  readonly ringingUs?: number;
  readonly answeredUs?: number;
  readonly endedUs?: number;
  /** Final response that the originator of the dialog got; a 401/407 only when nothing followed it. */
  readonly finalStatus?: number;
  /** When that response was first seen: of one that was repeated `endedUs` is the last. */
  readonly finalUs?: number;
  /** The first answer to the BYE: a 2xx where there was one, else what was no challenge. */
  readonly byeAnswer?: { readonly status: number; readonly atUs: number };
  /** Who sent the BYE, or "originator" for a CANCEL. */
  readonly hungUpBy?: 'originator' | 'answerer';
  /** The caller withdrew before any answer. */
  readonly cancelled: boolean;
  readonly sensors: readonly string[];
  /** The first hop of the request that began it, "host:port" each, "" for an end that the sensor did not say; absent when that request was not seen. */
  readonly firstHop?: { readonly src: string; readonly dst: string };
  /** SIP messages, copies of one message at two sensors counted once; 0 when only an outline was read. */
  readonly messages: number;
}

/** Messages are those of one Call-ID, oldest first; copies and retransmissions may be among them. */
export function summariseDialog(callId: string, messages: readonly MessageFact[]): Dialog | undefined {
  const outline = emptyOutline();
  for (const message of messages) noteMark(outline, new MessageMark(message));
  return dialogOf(callId, outline, mergeCopies(messages).length);
}

/** A message as the outline sees it. Its parties and ends are read when they are asked for, and they seldom are. */
class MessageMark implements DialogMark {
  readonly atUs: number;
  readonly method: string;
  readonly status: number;
  readonly cseqMethod: string;
  readonly sensor: string;
  readonly message: MessageFact;

  constructor(message: MessageFact) {
    this.atUs = message.atUs;
    this.method = message.method;
    this.status = message.status;
    this.cseqMethod = message.cseqMethod;
    this.sensor = message.sensor;
    this.message = message;
  }

  get src(): string {
    return endOf(this.message.srcIp, this.message.srcPort);
  }
  get dst(): string {
    return endOf(this.message.dstIp, this.message.dstPort);
  }
  get inside(): boolean {
    return this.message.toTag !== '';
  }
  get fromUser(): string {
    return this.message.fromUser;
  }
  get fromName(): string {
    return this.message.fromName;
  }
  get fromTag(): string {
    return this.message.fromTag;
  }
  get toUser(): string {
    return this.message.toUser;
  }
  get toName(): string {
    return this.message.toName;
  }
}

/** One end of a hop; "" for one that the sensor did not say. */
export const endOf = (ip: string, port: number): string => (ip === '' ? '' : hostAndPort(ip, port));

/** What an outline comes to; undefined for one without any message. */
export function dialogOf(callId: string, outline: DialogOutline, messages = 0): Dialog | undefined {
  const { named, byeUs, ringingUs } = outline;
  if (named === undefined) return undefined;
  const { method } = named;
  const final = finalResponse(outline);
  const answered = method === 'INVITE' && final !== undefined && final.status < 300;
  const cancelled = outline.cancelled && !answered;
  const endedUs = byeUs !== 0 ? byeUs : answered ? undefined : final?.atUs;
  const isInvite = method === 'INVITE';
  return {
    callId,
    method,
    from: named.from,
    to: named.to,
    startedUs: outline.sinceUs,
    lastUs: outline.untilUs,
    ...(ringingUs === 0 || !isInvite ? {} : { ringingUs }),
    ...(answered ? { answeredUs: final.atUs } : {}),
    ...(endedUs === undefined ? {} : { endedUs }),
    ...(final === undefined ? {} : { finalStatus: final.status, finalUs: final.firstUs }),
    ...(byeUs === 0 || outline.byeStatus === 0
      ? {}
      : { byeAnswer: { status: outline.byeStatus, atUs: outline.byeAnswerUs } }),
    ...(byeUs !== 0
      ? { hungUpBy: outline.byeTag === originatorTag(named) ? ('originator' as const) : ('answerer' as const) }
      : cancelled
        ? { hungUpBy: 'originator' as const }
        : {}),
    cancelled,
    sensors: [...outline.sensors].sort(),
    ...(named.rank === 0 ? { firstHop: { src: named.src, dst: named.dst } } : {}),
    messages,
  };
}

/** Without any request nobody is known to be the originator. */
const originatorTag = ({ rank, fromTag }: NonNullable<DialogOutline['named']>): string => (rank < 2 ? fromTag : '');

/**
 * Proxies rewrite answers on the way (Kamailio makes 503 a 500), so the one that counts is the one that arrived where
 * the first request came from. A challenge (401, 407) is final only when the caller did not try again.
 */
function finalResponse({
  named,
  finals,
}: DialogOutline): { status: number; atUs: number; firstUs: number } | undefined {
  const responses: { status: number; dst: string; firstUs: number; lastUs: number }[] = [];
  for (const { key, firstUs, lastUs } of finals) {
    const [status = '', method = '', dst = ''] = key.split(' ');
    if (method === named?.method) responses.push({ status: Number(status), dst, firstUs, lastUs });
  }
  const origin = named === undefined || named.rank === 2 ? '' : named.src;
  const nearest = origin === '' ? [] : responses.filter(({ dst }) => dst === origin);
  const candidates = nearest.length > 0 ? nearest : responses;
  const success = candidates.filter(({ status }) => status < 300).sort((a, b) => a.firstUs - b.firstUs)[0];
  if (success !== undefined) return { status: success.status, atUs: success.firstUs, firstUs: success.firstUs };
  const latest = [...candidates].sort((a, b) => a.lastUs - b.lastUs || a.status - b.status);
  const last = latest.findLast(({ status }) => status !== 401 && status !== 407) ?? latest.at(-1);
  return last === undefined ? undefined : { status: last.status, atUs: last.lastUs, firstUs: last.firstUs };
}
