import { PROTOCOL } from '../../../core/model/capture-event.ts';
import { talkFor, unbridge } from '../../generate/bridge.ts';
import { type Scene, SECOND } from '../../generate/scene.ts';
import type { Place } from '../../generate/site.ts';
import { endChannel, type Leg } from '../../generate/switch-legs.ts';

/** What a FreeSWITCH has counted of a leg's audio when all is over. */
export interface Counted {
  readonly inMedia: number;
  readonly outMedia: number;
  readonly cng?: number;
  readonly dtmf?: number;
  readonly quality?: string;
}

export const counted = ({ inMedia, outMedia, cng = 0, dtmf = 0, quality = '100.00' }: Counted) => ({
  rtp_audio_in_packet_count: String(inMedia + cng + dtmf),
  rtp_audio_in_media_packet_count: String(inMedia),
  rtp_audio_in_cng_packet_count: String(cng),
  rtp_audio_in_dtmf_packet_count: String(dtmf),
  rtp_audio_in_quality_percentage: quality,
  // It begins at 4.50, and says so where nothing came.
  rtp_audio_in_mos: '4.50',
  rtp_audio_out_packet_count: String(outMedia),
  rtp_audio_out_media_packet_count: String(outMedia),
});

/** They talk for so long and the caller hangs up; the switch says what it counted. */
export function talk(scene: Scene, [a, b]: readonly [Leg, Leg], seconds: number, ofA?: Counted, ofB?: Counted): string {
  talkFor(scene, seconds * SECOND, a.channel, b.channel);
  a.sip.bye('caller');
  endChannel(scene, a.channel, 'NORMAL_CLEARING', ofA === undefined ? {} : counted(ofA));
  unbridge(scene, a.channel, b.channel);
  b.sip.bye('caller');
  endChannel(scene, b.channel, 'NORMAL_CLEARING', ofB === undefined ? {} : counted(ofB));
  return a.sip.callId;
}

/** One RTCP report of a leg, as rtpengine writes it. */
export interface Report {
  readonly by: Place;
  readonly to: Place;
  /** Packets that it has sent. */
  readonly packets?: number;
  /** Seconds since 1970 of its clock. */
  readonly seconds: number;
  readonly heard?: {
    readonly ssrc: number;
    readonly highest: number;
    readonly lostPercent?: number;
    readonly jitterMs?: number;
    /** Seconds of the clock of the sender report that it answers, and since it came. */
    readonly lsr?: number;
    readonly since?: number;
  };
}

const NTP_1970 = 2_208_988_800;
const ntpOf = (seconds: number): number => ((seconds + NTP_1970) % 65_536) * 65_536;

/** As the proxy's media relay sees it. */
export function report(scene: Scene, callId: string, { by, to, packets, seconds, heard }: Report): void {
  const whole = Math.floor(seconds);
  const said = {
    ...(packets === undefined
      ? {}
      : {
          sender_information: {
            ...{ packets, octets: 160 * packets, rtp_timestamp: 160 * packets },
            ...{ ntp_timestamp_sec: whole + NTP_1970, ntp_timestamp_usec: Math.floor((seconds - whole) * 2 ** 32) },
          },
        }),
    ...{ ssrc: by.port, type: packets === undefined ? 201 : 200 },
    report_blocks:
      heard === undefined
        ? []
        : [
            {
              ...{ source_ssrc: heard.ssrc, highest_seq_no: heard.highest, packets_lost: 0 },
              fraction_lost: Math.round(((heard.lostPercent ?? 0) * 256) / 100),
              ia_jitter: Math.round((heard.jitterMs ?? 2) * 8),
              lsr: heard.lsr === undefined ? 0 : Math.floor(ntpOf(heard.lsr)),
              dlsr: Math.round((heard.since ?? 0) * 65_536),
            },
          ],
  };
  scene.site.packet({
    ...{ sensor: scene.site.proxy, atUs: scene.now(), from: by, to, callId, proves: [] },
    ...{ protocol: PROTOCOL.rtcp, payload: Buffer.from(JSON.stringify(said)) },
  });
}
