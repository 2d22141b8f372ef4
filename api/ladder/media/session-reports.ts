import { type Heard, jitterMsIn, named, opinionOf } from '../../../core/media/heard.ts';
import { spokenCodecOf } from '../../../core/message/codec.ts';
import type { SdpMedia } from '../../../core/message/sdp-media.ts';
import { hostAndPort } from '../../../core/model/host-and-port.ts';
import type { MediaSession } from '../../schemas.ts';
import type { Agreement } from './agreements.ts';
import { type HeardStream, mediaOf, type ReportStep, worseOf } from './streams.ts';

/** What the two ends of a session report as heard. `reports` are those of its leg, oldest first. */
export function heardIn(
  { offer, answer }: Agreement,
  reports: readonly ReportStep[],
  sinceUs: number,
  untilUs: number,
): Pick<MediaSession, 'reports' | 'heardByA' | 'heardByB'> {
  const codec = spokenCodecOf(answer.media);
  const own = reports.filter((one) => isOf(one, offer.media, answer.media) && isThen(one, sinceUs, untilUs));
  const heardBy = (by: SdpMedia, of: SdpMedia): MediaSession['heardByA'] => {
    const direction = own.flatMap(({ report }) => report.heard).filter((heard) => isFrom(heard, by, of));
    const heard = direction.reduce<HeardStream | undefined>(worseOf, undefined);
    if (heard === undefined) return null;
    const rtcp = mediaOf(own).find(({ src, dst }) => src === rtcpOf(of) && dst === rtcpOf(by));
    return shown(heard, rtcp?.heard?.packetsLost, rtcp?.packetsSent, codec);
  };
  return {
    reports: own.length,
    heardByA: heardBy(offer.media, answer.media),
    heardByB: heardBy(answer.media, offer.media),
  };
}

const rtpOf = ({ address, port }: SdpMedia): string => hostAndPort(address, port);
const rtcpOf = ({ rtcpAddress, rtcpPort }: SdpMedia): string => hostAndPort(rtcpAddress, rtcpPort);

/** RTCP has both ends on its packets, whichever sent it. */
function isOf({ step, report }: ReportStep, a: SdpMedia, b: SdpMedia): boolean {
  const [src, dst] = [step.src ?? '', step.dst ?? ''];
  if (report.heard.some((heard) => heard.ports === 'rtp' && (isFrom(heard, a, b) || isFrom(heard, b, a)))) return true;
  return (src === rtcpOf(a) && dst === rtcpOf(b)) || (src === rtcpOf(b) && dst === rtcpOf(a));
}

/**
 * A telephone tells its own address as it stands in its SDP, and of the far end where packets came from, which behind a NAT
 * is another one: one end that is right is enough on one leg.
 */
function isFrom({ ports, by, of }: Heard, hearer: SdpMedia, speaker: SdpMedia): boolean {
  if (ports === 'rtcp') return by === rtcpOf(hearer) && of === rtcpOf(speaker);
  return (by === rtpOf(hearer) || of === rtpOf(speaker)) && by !== rtpOf(speaker) && of !== rtpOf(hearer);
}

/** What is told of the whole call is told when it is over, and of every session of these ends. */
const isThen = ({ step, report }: ReportStep, sinceUs: number, untilUs: number): boolean =>
  step.atUs >= sinceUs &&
  (step.atUs <= untilUs || report.heard.some(({ span, format }) => span === 'whole' && format === 'vq'));

function shown(
  heard: HeardStream,
  packetsLost: number | undefined,
  packetsSent: number | undefined,
  codec: ReturnType<typeof spokenCodecOf>,
): NonNullable<MediaSession['heardByA']> {
  const { maxLossPercent, wholeLossPercent, discardPercent, maxJitter, maxJitterMs, maxRoundTripMs } = heard;
  const counted =
    packetsLost === undefined || packetsSent === undefined || packetsSent === 0
      ? undefined
      : Math.min(100, Math.max(0, (100 * packetsLost) / packetsSent));
  const lossPercent = counted ?? wholeLossPercent;
  const jitterMs = jitterMsIn(
    { ...named('jitterMs', maxJitterMs), ...named('jitterUnits', maxJitterMs === undefined ? maxJitter : undefined) },
    codec.clockRate,
  );
  const opinion = opinionOf(
    {
      ...named('lossPercent', lossPercent ?? maxLossPercent),
      ...named('discardPercent', discardPercent),
      ...named('jitterMs', jitterMs),
      ...named('jitterUnits', jitterMs === undefined ? maxJitter : undefined),
      ...named('rFactor', heard.rFactor),
      ...named('mos', heard.mos),
    },
    codec,
  );
  return {
    ...{ packetsLost: packetsLost ?? null, lossPercent: lossPercent ?? null, maxLossPercent: maxLossPercent ?? null },
    ...{ discardPercent: discardPercent ?? null, maxJitterMs: jitterMs ?? null, roundTripMs: maxRoundTripMs ?? null },
    ...{ rFactor: opinion?.rFactor ?? null, mos: opinion?.mos ?? null, mosReported: opinion?.said ?? false },
  };
}
