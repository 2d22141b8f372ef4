/**
 * How good speech sounds, estimated from loss and jitter by the E-model (ITU-T G.107, default values) with the equipment
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
/** Milliseconds of one packet and of a buffer that holds twice the jitter. */
const PACKET_MS = 20;

/** Undefined for a codec without published figures. `lossPercent` 0–100, `jitterMs` milliseconds. */
export function mosOf(codec: string, lossPercent: number, jitterMs: number): number | undefined {
  const known = CODECS[codec.toUpperCase()];
  if (known === undefined) return undefined;
  const delay = PACKET_MS + 2 * jitterMs;
  // G.107 in the simplified form of Cole and Rosenbluth (2001): the slope changes at 177.3 ms.
  const id = 0.024 * delay + (delay > 177.3 ? 0.11 * (delay - 177.3) : 0);
  const loss = Math.min(100, Math.max(0, lossPercent));
  const ie = known.ie + (95 - known.ie) * (loss / (loss + known.bpl));
  return scoreOf(R0 - id - ie);
}

/** G.107 Annex B. */
function scoreOf(r: number): number {
  if (r <= 0) return 1;
  if (r >= 100) return 4.5;
  return 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6;
}
