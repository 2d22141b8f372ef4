import { PROTOCOL } from '../model/capture-event.ts';
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

/** The sendings of the same bytes, oldest first. */
interface Sendings {
  readonly all: Growing[];
  /** The first of them that a report may still be a copy of: those before were sent too long ago. */
  open: number;
}

interface Growing {
  message: MessageFact;
  readonly atUs: number;
  readonly copies: MessageFact[];
  readonly retransmission: boolean;
}

/**
 * Two ends of a hop report the same bytes: that is one arrow with two witnesses. The same sensor reporting the same
 * bytes again is a retransmission. So the n-th report of one sensor is a copy of the n-th report of another one.
 * `messages` are oldest first, by their own clocks; the answer is by the clocks as `offsets` corrects them.
 */
export function mergeCopies(messages: readonly MessageFact[], offsets: ClockOffsets = NO_OFFSETS): SeenMessage[] {
  const isOneClock = offsets.size === 0;
  const timeOf = ({ sensor, atUs }: MessageFact): number => (isOneClock ? atUs : atUs - (offsets.get(sensor) ?? 0));
  const sorted = isOneClock ? messages : [...messages].sort((a, b) => timeOf(a) - timeOf(b));
  const sendingsOf = createSendings();
  const all: Growing[] = [];
  for (const message of sorted) {
    const atUs = timeOf(message);
    const sendings = sendingsOf(message);
    while (sendings.open < sendings.all.length && atUs - sendings.all[sendings.open]!.atUs > COPY_WINDOW_US)
      sendings.open += 1;
    const same = sendingWithout(sendings, message.sensor);
    if (same !== undefined) {
      same.copies.push(message);
      if (addressScore(message) > addressScore(same.message)) same.message = message;
      continue;
    }
    const sending = { message, atUs, copies: [message], retransmission: sendings.all.length > 0 };
    sendings.all.push(sending);
    all.push(sending);
  }
  return all;
}

/** The first sending that this sensor has not reported yet. */
function sendingWithout({ all, open }: Sendings, sensor: string): Growing | undefined {
  for (let i = open; i < all.length; i += 1) {
    const sending = all[i]!;
    if (!sending.copies.some((copy) => copy.sensor === sensor)) return sending;
  }
  return undefined;
}

/** Answers the sendings of a message's bytes. The Call-ID keeps apart what only has equal bytes by being empty. */
function createSendings(): (message: MessageFact) => Sendings {
  const byDialog = new Map<string, Map<string, Sendings>>();
  return ({ callId, protocol, digest }) => {
    const dialog = protocol === PROTOCOL.sip ? callId : `${callId}\0${protocol}`;
    const byDigest = byDialog.get(dialog) ?? new Map<string, Sendings>();
    if (byDigest.size === 0) byDialog.set(dialog, byDigest);
    const known = byDigest.get(digest);
    if (known !== undefined) return known;
    const sendings: Sendings = { all: [], open: 0 };
    byDigest.set(digest, sendings);
    return sendings;
  };
}

/** FreeSWITCH reports no address for IPv6; a copy that has both ends tells more. */
function addressScore({ srcIp, dstIp }: MessageFact): number {
  return (srcIp === '' ? 0 : 1) + (dstIp === '' ? 0 : 1);
}
