import type { SeenMessage } from '../call/copies.ts';
import type { EventFact } from '../call/read/facts.ts';
import { type SwitchCounters, switchCountersOf } from '../media/switch-counters.ts';
import { codecOf, spokenCodecOf } from '../message/codec.ts';
import type { SdpMedia } from '../message/sdp-media.ts';
import { headerOf } from '../model/capture-event.ts';
import { mediaIn } from '../sip/media-in.ts';
import type { Case, CaseLeg } from './case.ts';
import { citeEvent } from './cite.ts';
import type { Cited, Side } from './verdict.ts';

/** A message with what its SDP says of audio. */
export interface SeenAudio {
  readonly seen: SeenMessage;
  readonly audio: SdpMedia;
}

/** Every SDP of a leg that has an audio line, on each hop, oldest first. */
export const audioOf = ({ messages }: CaseLeg): readonly SeenAudio[] =>
  messages.flatMap((seen) => {
    const audio = mediaOf(seen).find(({ type }) => type === 'audio');
    return audio === undefined ? [] : [{ seen, audio }];
  });

export const mediaOf = ({ message: { sip, payload } }: SeenMessage): readonly SdpMedia[] => mediaIn(sip, payload);

/** What the switch counted of one leg's audio while it was answered. */
export interface CountedLeg {
  readonly of: CaseLeg;
  readonly counters: SwitchCounters;
  /** Every event that has the counters: each proves them alone. */
  readonly events: readonly EventFact[];
  readonly talkSeconds: number;
  /** Speech packets that somebody who talks and listens all the time sends in it. */
  readonly expected: number;
  /** The codec may be silent between words, or says so by comfort noise: few packets prove nothing. */
  readonly mayPause: boolean;
}

/** Shorter calls prove nothing: the first packets are still on their way. */
const LEAST_SECONDS = 3;
const USUAL_PTIME_MS = 20;
/** Whose media is between the phones, or is handed on unread: the switch's counters are not of what they hear. */
const PASSED_ON = ['bypass_media', 'bypass_media_after_bridge', 'proxy_media'];

/**
 * Undefined where the counters cannot be held against anybody: they are missing (bypass media, a crash), the call was not
 * answered or too short, somebody was on hold, or audio was not all that was agreed on.
 */
export function countedLeg(of: CaseLeg): CountedLeg | undefined {
  const events = of.events.filter(({ headers }) => switchCountersOf(headers) !== undefined);
  const last = events.at(-1);
  const counters = last === undefined ? undefined : switchCountersOf(last.headers);
  const { answeredUs, endedUs, channels } = of.leg;
  if (last === undefined || counters === undefined || answeredUs === undefined || endedUs === undefined)
    return undefined;
  const talkSeconds = (endedUs - answeredUs) / 1_000_000;
  if (talkSeconds < LEAST_SECONDS || channels.length !== 1 || wasHeld(of) || isPassedOn(of)) return undefined;
  if (of.messages.some((seen) => mediaOf(seen).some(({ type, port }) => type === 'image' && port > 0)))
    return undefined;
  const audio = audioOf(of);
  const ptime = Math.max(USUAL_PTIME_MS, ...audio.map((one) => one.audio.ptime));
  return {
    ...{ of, counters, events, talkSeconds },
    expected: (talkSeconds * 1000) / ptime,
    mayPause:
      counters.inCng > 0 ||
      audio.some(({ seen, audio: { formats } }) => seen.message.status > 0 && formats.some(pauses)),
  };
}

/** CN (RFC 3389), G.729 Annex B, which is on unless refused (RFC 7261 §3.3), and DTX of Opus and AMR. */
function pauses(format: SdpMedia['formats'][number]): boolean {
  const { name } = codecOf(format);
  if (/^(?:CN|AMR|AMR-WB|EVS)$/i.test(name)) return true;
  if (/^G729/i.test(name)) return !/annexb\s*=\s*no/i.test(format.fmtp);
  return /^opus$/i.test(name) && /usedtx\s*=\s*1/i.test(format.fmtp);
}

/** A direction that is not both ways was agreed on at any time, or the switch says so. */
export const wasHeld = (of: CaseLeg): boolean =>
  of.events.some(({ name }) => name === 'CHANNEL_HOLD') || audioOf(of).some(isHeld);

const isHeld = ({ audio: { direction, address } }: SeenAudio): boolean =>
  direction !== 'sendrecv' || address === '0.0.0.0';

/** Whether somebody was on hold at a moment, by the last SDP before it. */
export function holdsOf(of: CaseLeg): (atUs: number) => boolean {
  const audio = audioOf(of);
  return (atUs) => {
    const last = audio.findLast(({ seen }) => seen.atUs <= atUs);
    return last !== undefined && isHeld(last);
  };
}

const isPassedOn = ({ events }: CaseLeg): boolean =>
  events.some(({ headers }) => PASSED_ON.some((name) => headerOf(headers, `variable_${name}`) === 'true'));

/**
 * The leg at the other end of the bridge, where there can be only one: who dialled this leg and no other answered one, or the
 * only one that it dialled and that was answered.
 */
export function partnerOf({ legs }: Case, of: CaseLeg): CaseLeg | undefined {
  const answeredOf = (parent: CaseLeg['leg']): readonly CaseLeg[] =>
    legs.filter(({ leg }) => leg.parent === parent && leg.answeredUs !== undefined && leg.outcome === 'answered');
  const { parent } = of.leg;
  const dialled = answeredOf(of.leg);
  if (parent === undefined) return dialled.length === 1 ? dialled[0] : undefined;
  const siblings = answeredOf(parent);
  const up = legs.find(({ leg }) => leg === parent);
  return dialled.length === 0 && siblings.length === 1 && siblings[0] === of && up?.leg.answeredUs !== undefined
    ? up
    : undefined;
}

/** What a party must send at least to be heard at all: a tenth of what somebody sends who talks all the time. */
export const HEARD = 0.1;

/** Two legs of one bridge of which nothing came in on the first, while the second was heard and it was sent on to the first. */
export interface Silenced {
  readonly silent: CountedLeg;
  readonly other: CountedLeg;
  /** Not one packet came, rather than few. */
  readonly nothing: boolean;
}

/** With both directions silent nothing is proven: there may be no media at all, or an announcement for both. */
export function silencedIn(all: Case): readonly Silenced[] {
  return all.legs.flatMap((of): Silenced[] => {
    const partner = partnerOf(all, of);
    const silent = countedLeg(of);
    const other = partner === undefined ? undefined : countedLeg(partner);
    if (silent === undefined || other === undefined) return [];
    const { inMedia, outMedia, inCng } = silent.counters;
    const nothing = inMedia === 0 && inCng === 0;
    const few = !silent.mayPause && inMedia < HEARD * silent.expected;
    if (!nothing && !few) return [];
    if (outMedia < HEARD * silent.expected || other.counters.inMedia < HEARD * other.expected) return [];
    return [{ silent, other, nothing }];
  });
}

export const citeCounters = ({ events }: CountedLeg): readonly Cited[] =>
  events.map((event) => {
    const counters = switchCountersOf(event.headers);
    const says = `${event.name}: ${counters?.inMedia ?? 0} audio packets in, ${counters?.outMedia ?? 0} out`;
    return { ...citeEvent(event), says };
  });

/** The party at the far end of a leg, as seen from the switch. */
export function partyOf({ leg }: CaseLeg): Side {
  if (leg.parent === undefined && leg.channels[0]?.direction !== 'outbound') return 'caller';
  return leg.channels.some(({ gateway }) => gateway !== undefined) ? 'gateway' : 'callee';
}

const NAMES = { caller: 'the caller', callee: 'the called side', gateway: 'the gateway' } as const;
/** "the caller", for sentences. */
export const nameOf = (of: CaseLeg): string => NAMES[partyOf(of) as keyof typeof NAMES];
export const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

/** RTP clock in Hz and name of the codec that was agreed on last; of none "" and 0. */
export function agreedCodec(of: CaseLeg): { readonly name: string; readonly clockRate: number } {
  const answer = audioOf(of).findLast(({ seen }) => seen.message.status >= 180 && seen.message.status < 300);
  return answer === undefined ? { name: '', clockRate: 0 } : spokenCodecOf(answer.audio);
}
