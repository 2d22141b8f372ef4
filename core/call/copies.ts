import type { ClockOffsets } from './clocks.ts';
import type { MessageFact } from './read/messages.ts';

const NO_OFFSETS: ClockOffsets = new Map();

/** How far apart two sensors may see one message and still have seen the same sending of it. */
const COPY_WINDOW_US = 2_000_000;

/** One sending of a message on one hop, with every sensor that saw it. */
export interface SeenMessage {
  /** The copy that says most about addresses. */
  readonly message: MessageFact;
  /** The earliest time of a copy; where a sensor's clock is off, as the others' clocks would have it. */
  readonly atUs: number;
  readonly copies: readonly MessageFact[];
  /** The same bytes were sent before on this hop. */
  readonly retransmission: boolean;
}

/**
 * Two ends of a hop report the same bytes: that is one arrow with two witnesses. The same sensor reporting the same
 * bytes again is a retransmission. So the n-th report of one sensor is a copy of the n-th report of another one.
 * `messages` are oldest first, by their own clocks; the answer is by the clocks as `offsets` corrects them.
 */
export function mergeCopies(messages: readonly MessageFact[], offsets: ClockOffsets = NO_OFFSETS): SeenMessage[] {
  const timeOf = ({ sensor, atUs }: MessageFact): number => atUs - (offsets.get(sensor) ?? 0);
  const sorted = offsets.size === 0 ? messages : [...messages].sort((a, b) => timeOf(a) - timeOf(b));
  const sendings = new Map<string, { copies: MessageFact[]; retransmission: boolean }[]>();
  const all: { copies: MessageFact[]; retransmission: boolean }[] = [];
  for (const message of sorted) {
    // The Call-ID keeps apart what only has equal bytes by being empty.
    const key = `${message.callId}\0${message.digest}\0${message.protocol}`;
    const known = sendings.get(key) ?? [];
    const same = known.find(
      ({ copies }) =>
        !copies.some((copy) => copy.sensor === message.sensor) &&
        timeOf(message) - timeOf(copies[0]!) <= COPY_WINDOW_US,
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
    return { message: best, atUs: timeOf(copies[0]!), copies, retransmission };
  });
}

/** FreeSWITCH reports no address for IPv6; a copy that has both ends tells more. */
function addressScore({ srcIp, dstIp }: MessageFact): number {
  return (srcIp === '' ? 0 : 1) + (dstIp === '' ? 0 : 1);
}
