import type { MessageFact } from '../../core/call/read/messages.ts';
import { PROTOCOL } from '../../core/model/capture-event.ts';
import type { Ladder, Step } from '../schemas.ts';

/** One request on one hop and what came back: an INVITE with its responses and its ACK, a BYE with its 200. */
export interface Transaction {
  /** Says which one it is among all of the call. */
  readonly key: string;
  readonly callId: string;
  /** Of the request; a request with a To tag that is an INVITE is a re-INVITE. */
  readonly method: string;
  readonly inside: boolean;
  readonly steps: readonly Step[];
  /** Final response (RFC 3261 §17); undefined when none was seen. */
  readonly finalStatus?: number;
  /** Lane of the host that the request went to. */
  readonly server: string;
}

/** A drawn message and what is stored of it. */
interface Sent {
  readonly step: Step;
  readonly message: MessageFact;
}

/**
 * The transactions of a call in the order of their first message. A response belongs to the request whose top Via branch
 * and CSeq it repeats (RFC 3261 §17.1.3). The ACK to a failure is of the same branch; that to a 2xx has one of its own
 * (§13.2.2.4) and is put with the INVITE that went the same way.
 */
export function transactionsOf(ladder: Ladder, messages: ReadonlyMap<string, MessageFact>): Transaction[] {
  const groups = new Map<string, Sent[]>();
  /** Of each hop and CSeq, the INVITE that last went there. */
  const invites = new Map<string, string>();
  for (const step of ladder.steps) {
    const message = messages.get(step.id);
    if (step.kind !== 'message' || message === undefined || message.protocol !== PROTOCOL.sip) continue;
    const { sip } = message;
    const method = sip.cseqMethod === 'ACK' ? 'INVITE' : sip.cseqMethod;
    let key = `${message.callId}\0${sip.via.branch}\0${sip.cseq}\0${method}`;
    const hop = `${message.callId}\0${sip.cseq}\0${step.from}\0${step.to}`;
    if (sip.request && sip.method === 'ACK' && !groups.has(key)) key = invites.get(hop) ?? key;
    if (sip.request && sip.method === 'INVITE') invites.set(hop, key);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [{ step, message }]);
    else group.push({ step, message });
  }
  return [...groups].map(([key, sent]) => transactionOf(key, sent));
}

function transactionOf(key: string, sent: readonly Sent[]): Transaction {
  const first = sent[0] as Sent;
  const request = sent.find(({ message }) => message.sip.request);
  const finals = sent.map(({ message }) => message.status).filter((status) => status >= 200);
  const server = request === undefined ? first.step.from : request.step.to;
  const { sip } = (request ?? first).message;
  return {
    key,
    callId: first.message.callId,
    method: (request === undefined ? sip.cseqMethod : sip.method) || 'fragment',
    inside: (request ?? first).message.toTag !== '' && request !== undefined,
    steps: sent.map(({ step }) => step),
    // Several 2xx of a forked INVITE are one success.
    ...(finals.length === 0 ? {} : { finalStatus: Math.min(...finals) }),
    server: server ?? first.step.from ?? '',
  };
}
