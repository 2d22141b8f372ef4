import { delayOf, mosOfR, rFactor } from './e-model.ts';

/**
 * What a report says of one direction: how one end heard the other. RTCP, RTCP-XR and the quality reports of telephones
 * (vq-rtcpxr) all come to this, so that who judges speech need not know who reported.
 */
export interface Heard {
  readonly format: ReportFormat;
  /** "host:port" of who heard, and of whom it heard. */
  readonly by: string;
  readonly of: string;
  /** Whose ports these are: RTCP and XR come from the one and go to the other, a telephone tells where RTP goes. */
  readonly ports: 'rtcp' | 'rtp';
  /** The source that was heard; undefined where the report names none. */
  readonly ssrc: number | undefined;
  /** What it speaks of: the time since the report before it, or all since the beginning. */
  readonly span: 'interval' | 'whole';
  /** Packets that should have come in that time; undefined where the report does not tell. */
  readonly expected: number | undefined;
  readonly figures: Figures;
}

export type ReportFormat = 'rtcp' | 'xr' | 'vq';

/** Of one direction. What is not said, or said to be unavailable, is not there. */
export interface Figures {
  /** Packets lost on the way, in percent of those expected, 0 to 100. */
  readonly lossPercent?: number;
  /** Packets that came too late for the jitter buffer and were thrown away, in percent of those expected. */
  readonly discardPercent?: number;
  /** Interarrival jitter, in units of the RTP clock as RTCP has it, or in milliseconds. */
  readonly jitterUnits?: number;
  readonly jitterMs?: number;
  /** Between the two ends of RTP. */
  readonly roundTripMs?: number;
  /** Inside of who heard: jitter buffer, decoder, and the other way encoder. */
  readonly endSystemMs?: number;
  /** As the reporter makes it of what it heard, 0 to 100. */
  readonly rFactor?: number;
  /** Listening quality as the reporter makes it, 1 to 5. */
  readonly mos?: number;
}

/** As telephones send speech: one packet every 20 ms. */
export const USUAL_PACKETS_A_SECOND = 50;

/** A figure under its name, where it is known. */
export const named = (name: keyof Figures, value: number | undefined): Figures =>
  value === undefined ? {} : { [name]: value };

/** Interarrival jitter in milliseconds (RFC 3550 §6.4.1: units of the RTP clock). `clockRate` in Hz. */
export const jitterMsOf = (jitter: number, clockRate: number): number => (1000 * jitter) / clockRate;

/** Undefined where the report says nothing of it, or counts by a clock that is not known (`clockRate` 0). */
export function jitterMsIn({ jitterMs, jitterUnits }: Figures, clockRate: number): number | undefined {
  if (jitterMs !== undefined) return jitterMs;
  return jitterUnits === undefined || clockRate === 0 ? undefined : jitterMsOf(jitterUnits, clockRate);
}

/** A fraction of 256 as percent (RFC 3550 §6.4.1 "fraction lost", RFC 3611 §4.7.1 "loss rate", "discard rate"). */
export const lossPercentOf = (fraction: number): number => (100 * fraction) / 256;

/** What never reached the ear: lost on the way or thrown away by the jitter buffer. */
export function missedPercentOf({ lossPercent, discardPercent }: Figures): number | undefined {
  if (lossPercent === undefined && discardPercent === undefined) return undefined;
  return Math.min(100, (lossPercent ?? 0) + (discardPercent ?? 0));
}

/** How good it sounded. */
export interface Opinion {
  readonly mos: number;
  /** Undefined where a reporter told its MOS alone. */
  readonly rFactor?: number;
  /** The reporter's own, who has heard it, rather than an estimate of ours. */
  readonly said: boolean;
}

/** The reporter's opinion, else the E-model's of loss, jitter and delay; undefined for a codec without published figures. */
export function opinionOf(
  figures: Figures,
  { name, clockRate }: { readonly name: string; readonly clockRate: number },
): Opinion | undefined {
  const { mos, rFactor: r } = figures;
  if (mos !== undefined) return { mos, ...(r === undefined ? {} : { rFactor: r }), said: true };
  if (r !== undefined) return { mos: mosOfR(r), rFactor: r, said: true };
  const lossPercent = missedPercentOf(figures);
  const jitterMs = jitterMsIn(figures, clockRate);
  if (lossPercent === undefined || (jitterMs === undefined && figures.jitterUnits !== undefined)) return undefined;
  const estimate = rFactor(name, { lossPercent, delayMs: delayOf(jitterMs ?? 0, figures.roundTripMs) });
  return estimate === undefined ? undefined : { mos: mosOfR(estimate), rFactor: estimate, said: false };
}
