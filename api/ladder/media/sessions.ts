import { isIP } from 'node:net';
import type { MessageFact } from '../../../core/call/read/messages.ts';
import { spokenCodecOf } from '../../../core/message/codec.ts';
import type { SdpMedia } from '../../../core/message/sdp-media.ts';
import { PROTOCOL } from '../../../core/model/capture-event.ts';
import { groupBy } from '../../../core/model/group-by.ts';
import { hostAndPort } from '../../../core/model/host-and-port.ts';
import { isPrivate } from '../../../core/model/private-address.ts';
import type { MediaSession, Step } from '../../schemas.ts';
import type { Lanes } from '../lanes.ts';
import type { DrawnMessage } from '../messages.ts';
import { type Agreement, createAgreements, type Side } from './agreements.ts';
import { heardIn } from './session-reports.ts';
import { reportSteps } from './streams.ts';

/** A session while the call goes on. */
interface Growing {
  readonly key: string;
  readonly agreement: Agreement;
  readonly slots: Set<string>;
  readonly sinceUs: number;
  ended: DrawnMessage | undefined;
}

/** One call has few sessions; a hostile one must not make the answer grow without end. */
const MAX_SESSIONS = 500;

/**
 * The RTP of a call as its SDP agrees on it: what several hops say alike is one session, what a relay changes is one on
 * either side of it. `drawn` is in causal order; `steps` are those of the ladder, for the reports about media.
 */
export function sessionsOf(
  drawn: readonly DrawnMessage[],
  steps: readonly Step[],
  messages: ReadonlyMap<string, MessageFact>,
  lanes: Lanes,
): MediaSession[] {
  const growing = follow(drawn);
  const reports = groupBy(reportSteps(steps, messages), ({ callId }) => callId);
  const last = new Map<string, number>();
  for (const { seen } of drawn) {
    const { callId } = seen.message;
    last.set(callId, Math.max(last.get(callId) ?? 0, seen.atUs));
  }
  return growing.map((one, index) => {
    const { agreement, sinceUs, ended } = one;
    const { callId, offer, answer } = agreement;
    const untilUs = Math.max(sinceUs, ended?.seen.atUs ?? last.get(callId) ?? sinceUs);
    return {
      ...{ id: `media-${index}`, callId, sinceUs, untilUs },
      ...{ a: laneOf(offer, lanes), b: laneOf(answer, lanes) },
      ...{ aAddress: rtpOf(offer.media), bAddress: rtpOf(answer.media), codec: codecText(answer.media) },
      direction: REVERSED[answer.media.direction],
      sinceStep: agreement.message.seen.message.id,
      untilStep: ended?.seen.message.id ?? null,
      ...heardIn(agreement, reports.get(callId) ?? [], sinceUs, untilUs),
    };
  });
}

function follow(drawn: readonly DrawnMessage[]): readonly Growing[] {
  const agreements = createAgreements();
  const all: Growing[] = [];
  const open = new Set<Growing>();
  const end = (one: Growing, message: DrawnMessage): void => {
    one.ended ??= message;
    open.delete(one);
  };
  for (const message of drawn) {
    const { seen, sip } = message;
    const { protocol, callId } = seen.message;
    if (seen.retransmission || protocol !== PROTOCOL.sip) continue;
    const own = [...open].filter(({ agreement }) => agreement.callId === callId);
    if (sip.request && sip.method === 'BYE') for (const one of own) end(one, message);
    // Early media of an attempt that failed.
    if (sip.status >= 300 && sip.cseqMethod === 'INVITE') {
      for (const one of own) if (one.agreement.cseq === sip.cseq) end(one, message);
    }
    for (const agreement of agreements(message)) {
      const key = keyOf(agreement);
      for (const one of [...open]) {
        if (one.slots.has(agreement.slot) && one.key !== key) end(one, message);
      }
      if (!isSpoken(agreement)) continue;
      const same = [...open].find((one) => one.key === key);
      if (same !== undefined) same.slots.add(agreement.slot);
      else if (all.length < MAX_SESSIONS) {
        const one = { key, agreement, slots: new Set([agreement.slot]), sinceUs: seen.atUs, ended: undefined };
        all.push(one);
        open.add(one);
      }
    }
  }
  return all;
}

/** A port of 0 refuses a media, and the address 0.0.0.0 is how telephones of old put on hold (RFC 3264 §8.4). */
const isSpoken = ({ offer, answer }: Agreement): boolean =>
  [offer, answer].every(({ media }) => media.port > 0 && media.address !== '' && media.address !== '0.0.0.0');

function keyOf({ callId, offer, answer }: Agreement): string {
  const ends = [rtpOf(offer.media), rtpOf(answer.media)].sort();
  return [callId, answer.media.type, ...ends, answer.media.direction, codecText(answer.media)].join('\0');
}

const rtpOf = ({ address, port }: SdpMedia): string => hostAndPort(address, port);

/**
 * The lane of an end: that of its address; of its signalling where both are one host, and where a phone behind a NAT
 * tells an address that nobody else can see.
 */
function laneOf({ media, sender }: Side, lanes: Lanes): string {
  const { address, port } = media;
  if (sender.kind === 'node' || sender.ip === address) return lanes.of(sender);
  if (isIP(address) === 0 || (isPrivate(address) && !isPrivate(sender.ip))) return lanes.of(sender);
  return lanes.of({ kind: 'address', ip: address, port });
}

const codecText = (media: SdpMedia): string => `${media.type} ${spokenCodecOf(media).name}`.trim();

const REVERSED = { sendrecv: 'sendrecv', inactive: 'inactive', sendonly: 'recvonly', recvonly: 'sendonly' } as const;
