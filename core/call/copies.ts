import type { MessageFact } from './read/messages.ts';

/** How far apart two sensors may see one message and still have seen the same sending of it. */
const COPY_WINDOW_US = 2_000_000;

/** One sending of a message on one hop, with every sensor that saw it. */
export interface SeenMessage {
  /** The copy that says most about addresses; its time is the earliest. */
  readonly message: MessageFact;
  readonly atUs: number;
  readonly copies: readonly MessageFact[];
  /** The same bytes were sent before on this hop. */
  readonly retransmission: boolean;
}

/**
 * Two ends of a hop report the same bytes: that is one arrow with two witnesses. The same sensor reporting the same
 * bytes again is a retransmission. So the n-th report of one sensor is a copy of the n-th report of another one.
 * `messages` are oldest first; so is the answer.
 */
export function mergeCopies(messages: readonly MessageFact[]): SeenMessage[] {
  const sendings = new Map<string, { copies: MessageFact[]; retransmission: boolean }[]>();
  const all: { copies: MessageFact[]; retransmission: boolean }[] = [];
  for (const message of messages) {
    // The Call-ID keeps apart what only has equal bytes by being empty.
    const key = `${message.callId}\0${message.digest}\0${message.protocol}`;
    const known = sendings.get(key) ?? [];
    const same = known.find(
      ({ copies }) =>
        !copies.some((copy) => copy.sensor === message.sensor) &&
        message.atUs - (copies[0]?.atUs ?? 0) <= COPY_WINDOW_US,
    );
    if (same !== undefined) {
      same.copies.push(message);
      continue;
    }
    const sending = { copies: [message], retransmission: known.length > 0 };
    known.push(sending);
    sendings.set(key, known);
    all.push(sending);
  }
  return all.map(({ copies, retransmission }) => {
    const best = copies.reduce((a, b) => (addressScore(b) > addressScore(a) ? b : a));
    return { message: best, atUs: copies[0]?.atUs ?? best.atUs, copies, retransmission };
  });
}

/** FreeSWITCH reports no address for IPv6; a copy that has both ends tells more. */
function addressScore({ srcIp, dstIp }: MessageFact): number {
  return (srcIp === '' ? 0 : 1) + (dstIp === '' ? 0 : 1);
}
