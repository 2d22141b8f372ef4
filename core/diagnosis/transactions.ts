import type { SeenMessage } from '../call/copies.ts';
import { hostAndPort } from '../model/host-and-port.ts';

/**
 * One request with its responses on one hop (RFC 3261 §17): what has the same top Via branch, CSeq number and method. A proxy
 * that forwards a request begins another one. The ACK of a 2xx is a transaction of its own, without responses; that of another
 * final response belongs to its INVITE. A request that was not seen leaves its responses, and the other way round.
 */
export interface Transaction {
  readonly callId: string;
  readonly method: string;
  readonly cseq: number;
  readonly branch: string;
  /** "host:port" of the one who sent the request and of the one it was sent to; "" where no sensor said. */
  readonly src: string;
  readonly dst: string;
  /** Every sending of the request, oldest first; the first is the request, the others are retransmissions. */
  readonly requests: readonly SeenMessage[];
  /** Every sending of a response below 200. */
  readonly provisionals: readonly SeenMessage[];
  /** Every sending of a final response. */
  readonly finals: readonly SeenMessage[];
  /** Of an INVITE that was refused: every sending of the ACK on this hop. */
  readonly acks: readonly SeenMessage[];
  /** The request has a To-tag: it is sent within a dialog. */
  readonly inDialog: boolean;
  /** Of the first message, epoch µs. */
  readonly startedUs: number;
}

interface Growing {
  readonly callId: string;
  readonly method: string;
  readonly cseq: number;
  readonly branch: string;
  src: string;
  dst: string;
  readonly requests: SeenMessage[];
  readonly provisionals: SeenMessage[];
  readonly finals: SeenMessage[];
  readonly acks: SeenMessage[];
  inDialog: boolean;
  readonly startedUs: number;
}

/** The transactions of one Call-ID, oldest first. `messages` are SIP, oldest first. */
export function transactionsOf(messages: readonly SeenMessage[]): readonly Transaction[] {
  const known = new Map<string, Growing>();
  const open = (seen: SeenMessage, method: string): Growing => {
    const { sip, callId } = seen.message;
    const [branch, cseq] = [sip.via.branch, sip.cseq];
    const key = `${branch}\0${cseq}\0${method}`;
    let transaction = known.get(key);
    if (transaction === undefined) {
      transaction = {
        ...{ callId, method, cseq, branch, src: '', dst: '' },
        ...{ requests: [], provisionals: [], finals: [], acks: [], inDialog: false, startedUs: seen.atUs },
      };
      known.set(key, transaction);
    }
    return transaction;
  };
  for (const seen of messages) {
    const { sip, srcIp, srcPort, dstIp, dstPort } = seen.message;
    const [from, to] = [endOf(srcIp, srcPort), endOf(dstIp, dstPort)];
    const ofInvite = sip.request && sip.method === 'ACK' && known.has(`${sip.via.branch}\0${sip.cseq}\0INVITE`);
    const transaction = open(seen, ofInvite ? 'INVITE' : sip.method);
    if (ofInvite) {
      transaction.acks.push(seen);
    } else if (sip.request) {
      transaction.requests.push(seen);
      transaction.src ||= from;
      transaction.dst ||= to;
      transaction.inDialog ||= sip.to.tag !== '';
    } else {
      (seen.message.status < 200 ? transaction.provisionals : transaction.finals).push(seen);
      transaction.src ||= to;
      transaction.dst ||= from;
    }
  }
  return [...known.values()];
}

const endOf = (ip: string, port: number): string => (ip === '' ? '' : hostAndPort(ip, port));

/** The final response that was seen first; undefined while there is none. */
export const finalOf = ({ finals }: Transaction): SeenMessage | undefined => finals[0];

export const isAnswered = (transaction: Transaction): boolean => {
  const status = finalOf(transaction)?.message.status ?? 0;
  return status >= 200 && status < 300;
};

/**
 * One request of a dialog on all hops where it was seen: what has the same CSeq and From-tag. Behind a proxy that forks, the
 * hops part.
 */
export interface Exchange {
  readonly method: string;
  readonly cseq: number;
  /** Oldest first: the first is the nearest to the sender. */
  readonly hops: readonly Transaction[];
  readonly startedUs: number;
}

/** The exchanges of one Call-ID, oldest first. */
export function exchangesOf(transactions: readonly Transaction[]): readonly Exchange[] {
  const known = new Map<string, { method: string; cseq: number; hops: Transaction[]; startedUs: number }>();
  for (const one of transactions) {
    const { method, cseq, startedUs } = one;
    const from = (one.requests[0] ?? one.finals[0] ?? one.provisionals[0] ?? one.acks[0])?.message.fromTag ?? '';
    const key = `${method} ${cseq} ${from}`;
    const exchange = known.get(key);
    if (exchange === undefined) known.set(key, { method, cseq, hops: [one], startedUs });
    else exchange.hops.push(one);
  }
  return [...known.values()];
}
