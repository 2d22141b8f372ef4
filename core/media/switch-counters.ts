import { headerOf } from '../model/capture-event.ts';
import type { HeaderValue } from '../model/headers.ts';

/**
 * What a FreeSWITCH counted of a leg's audio (`variable_rtp_audio_*`). Only CHANNEL_HANGUP_COMPLETE and CHANNEL_DESTROY have
 * it; with bypass media no event has.
 */
export interface SwitchCounters {
  /** RTP packets with speech that came from the leg's far end, and that were sent to it. */
  readonly inMedia: number;
  readonly outMedia: number;
  /** Comfort noise and digits among what came. */
  readonly inCng: number;
  readonly inDtmf: number;
  /** Percent of packets without a flaw; undefined where nothing came, as it begins at 100 and the MOS at 4.5. */
  readonly quality: number | undefined;
}

/** Undefined for an event without the counters. */
export function switchCountersOf(headers: Readonly<Record<string, HeaderValue>>): SwitchCounters | undefined {
  const count = (name: string): number | undefined => {
    const text = headerOf(headers, `variable_rtp_audio_${name}`);
    const value = text === '' ? Number.NaN : Number(text);
    return Number.isFinite(value) && value >= 0 ? value : undefined;
  };
  const [inMedia, outMedia] = [count('in_media_packet_count'), count('out_media_packet_count')];
  if (inMedia === undefined || outMedia === undefined) return undefined;
  return {
    ...{ inMedia, outMedia, inCng: count('in_cng_packet_count') ?? 0, inDtmf: count('in_dtmf_packet_count') ?? 0 },
    quality: inMedia === 0 ? undefined : count('in_quality_percentage'),
  };
}
