import { mergeCopies } from './copies.ts';
import type { MessageFact } from './read/facts.ts';
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
  /** Who sent the BYE, or "originator" for a CANCEL. */
  readonly hungUpBy?: 'originator' | 'answerer';
  /** The caller withdrew before any answer. */
  readonly cancelled: boolean;
  readonly sensors: readonly string[];
  /** SIP messages, copies of one message at two sensors counted once. */
  readonly messages: number;
}

/** Messages are those of one Call-ID, oldest first; copies and retransmissions may be among them. */
export function summariseDialog(callId: string, messages: readonly MessageFact[]): Dialog | undefined {
  const first = messages[0];
  if (first === undefined) return undefined;
  const requests = messages.filter((m) => m.status === 0 && m.method !== '');
  const initial = requests.find((m) => m.toTag === '' && m.method !== 'ACK' && m.method !== 'CANCEL') ?? requests[0];
  const method = initial?.method ?? first.cseqMethod ?? '';
  const originatorTag = initial?.fromTag ?? '';
  const responses = messages.filter((m) => m.status > 0 && m.cseqMethod === method);
  const final = finalResponse(responses, initial);
  const bye = requests.find((m) => m.method === 'BYE');
  const cancel = requests.find((m) => m.method === 'CANCEL');
  const answered = method === 'INVITE' && final !== undefined && final.status < 300;
  const cancelled = cancel !== undefined && !answered;
  const named = initial ?? first;
  const ringing = responses.find((m) => m.status >= 180 && m.status < 200);
  const ended = bye ?? (answered ? undefined : final);
  return {
    callId,
    method,
    from: { number: named.fromUser, name: named.fromName },
    to: { number: named.toUser, name: named.toName },
    startedUs: first.atUs,
    lastUs: messages.at(-1)?.atUs ?? first.atUs,
    ...(ringing === undefined ? {} : { ringingUs: ringing.atUs }),
    ...(answered ? { answeredUs: final.atUs } : {}),
    ...(ended === undefined ? {} : { endedUs: ended.atUs }),
    ...(final === undefined ? {} : { finalStatus: final.status }),
    ...(bye !== undefined
      ? { hungUpBy: bye.fromTag === originatorTag ? ('originator' as const) : ('answerer' as const) }
      : cancelled
        ? { hungUpBy: 'originator' as const }
        : {}),
    cancelled,
    sensors: [...new Set(messages.map((m) => m.sensor))],
    messages: mergeCopies(messages).length,
  };
}

/**
 * Proxies rewrite answers on the way (Kamailio makes 503 a 500), so the one that counts is the one that arrived where
 * the first request came from. A challenge (401, 407) is final only when the caller did not try again.
 */
function finalResponse(responses: readonly MessageFact[], initial: MessageFact | undefined): MessageFact | undefined {
  const finals = responses.filter((m) => m.status >= 200);
  const nearest =
    initial === undefined || initial.srcIp === ''
      ? []
      : finals.filter((m) => m.dstIp === initial.srcIp && m.dstPort === initial.srcPort);
  const candidates = nearest.length > 0 ? nearest : finals;
  const success = candidates.find((m) => m.status < 300);
  if (success !== undefined) return success;
  return candidates.findLast((m) => m.status !== 401 && m.status !== 407) ?? candidates.at(-1);
}
