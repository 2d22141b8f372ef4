/**
 * How good speech sounds, estimated from loss and delay by the E-model (ITU-T G.107, default values) with the equipment
 * impairments of G.113 Appendix I. Nobody has listened: echo, noise and the way through other networks are not in it.
 */

/** Impairment of the codec itself, and how well it bears loss, with loss concealment where the codec has it. */
const CODECS: Readonly<Record<string, { readonly ie: number; readonly bpl: number }>> = {
  PCMU: { ie: 0, bpl: 25.1 },
  PCMA: { ie: 0, bpl: 25.1 },
  G729: { ie: 11, bpl: 19 },
  G723: { ie: 15, bpl: 16.1 },
  'GSM-EFR': { ie: 5, bpl: 10 },
};

/** R of a connection without any impairment by loss or delay: the default of G.107. */
const R0 = 93.2;
/** Where delay begins to be heard as such, one way. */
const NOTICED_MS = 177.3;
/** Milliseconds of one packet and of a buffer that holds twice the jitter. */
const PACKET_MS = 20;

export interface Impairments {
  /** 0 to 100. */
  readonly lossPercent: number;
  /** One way, from mouth to ear. */
  readonly delayMs: number;
}

/** R, 0 to 100; undefined for a codec without published figures. */
export function rFactor(codec: string, { lossPercent, delayMs }: Impairments): number | undefined {
  const known = CODECS[codec.toUpperCase()];
  if (known === undefined) return undefined;
  // Id of G.107 in the simplified form of Cole and Rosenbluth (2001).
  const id = 0.024 * delayMs + (delayMs > NOTICED_MS ? 0.11 * (delayMs - NOTICED_MS) : 0);
  const loss = Math.min(100, Math.max(0, lossPercent));
  // Ie,eff of G.107 §7.5 for loss at random (BurstR = 1).
  const ie = known.ie + (95 - known.ie) * (loss / (loss + known.bpl));
  return Math.min(100, Math.max(0, R0 - id - ie));
}

/** 1 to 4.5: the mean opinion that goes with R (G.107 Annex B). */
export function mosOfR(r: number): number {
  if (r <= 0) return 1;
  if (r >= 100) return 4.5;
  return 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6;
}

/** What the network took a packet and a buffer for twice the jitter make of one way; the round trip is halved. */
export const delayOf = (jitterMs: number, roundTripMs = 0): number => roundTripMs / 2 + PACKET_MS + 2 * jitterMs;
