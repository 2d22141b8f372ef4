import type { SdpMedia } from '../../../core/message/sdp-media.ts';
import { mediaIn } from '../../../core/sip/media-in.ts';
import type { Place } from '../lanes.ts';
import type { DrawnMessage } from '../messages.ts';

/** What offer and answer say of one m= line (RFC 3264), as seen on one hop. */
export interface Agreement {
  readonly callId: string;
  /** Names the hop and the m= line within the call: a later agreement under it replaces this one. */
  readonly slot: string;
  readonly cseq: number;
  readonly offer: Side;
  readonly answer: Side;
  /** The message with the answer. */
  readonly message: DrawnMessage;
}

export interface Side {
  readonly media: SdpMedia;
  /** Who sent it, on this hop. */
  readonly sender: Place;
}

interface Offered {
  readonly media: readonly SdpMedia[];
  readonly sender: Place;
}

/** Reads offers and answers of a call, message by message in their order. */
export function createAgreements(): (message: DrawnMessage) => readonly Agreement[] {
  const offers = new Map<string, Offered>();
  return (message) => {
    const { sip, seen } = message;
    const { callId } = seen.message;
    const media = mediaOf(message);
    if (media.length === 0) return [];
    const invites = sip.cseqMethod === 'INVITE' || sip.cseqMethod === 'UPDATE';
    const own = { media, sender: message.from };
    const transaction = `${callId}\0${sip.cseq}\0${sip.cseqMethod}\0${sip.via.branch}`;
    // An offer in the 200 is answered in the ACK, which has another branch (RFC 3261 §13.2.2.4): the hop tells them.
    const late = `${callId}\0${sip.cseq}\0${hopOf(message)}`;
    if (sip.request && invites) {
      offers.set(transaction, own);
      return [];
    }
    if (sip.request && sip.cseqMethod !== 'ACK') return [];
    const offer = offers.get(sip.request ? late : transaction);
    if (offer === undefined) {
      if (!sip.request && sip.status >= 200 && sip.status < 300) offers.set(late, own);
      return [];
    }
    if (!sip.request && sip.status >= 300) return [];
    return agreed(offer, own, message);
  };
}

function agreed(offer: Offered, answer: Offered, message: DrawnMessage): Agreement[] {
  const { callId } = message.seen.message;
  const hop = hopOf(message);
  return offer.media.flatMap((media, index) => {
    const answered = answer.media[index];
    if (answered === undefined) return [];
    return [
      {
        ...{ callId, message, slot: `${callId}\0${hop}\0${index}`, cseq: message.sip.cseq },
        offer: { media, sender: offer.sender },
        answer: { media: answered, sender: answer.sender },
      },
    ];
  });
}

const mediaOf = ({ sip, seen }: DrawnMessage): readonly SdpMedia[] => mediaIn(sip, seen.message.payload);

/** The same for both directions. */
function hopOf({ from, to }: DrawnMessage): string {
  const [a, b] = [from, to].map((place) => (place.kind === 'address' ? place.ip : `node ${place.name}`));
  return [a, b].sort().join(' ');
}
