import type { Heard, MediaBand, MediaSession } from './media.ts';

/** The words of media, wherever it is drawn. */

export const DIRECTION_WORDS: Readonly<Record<MediaSession['direction'], string>> = {
  sendrecv: '',
  sendonly: 'one way',
  recvonly: 'one way',
  inactive: 'on hold',
};

/** "loss 0.4 %, jitter 12 ms, MOS ≈ 4.1"; a MOS that the listener itself reported has no "≈". */
export function heardText(heard: Heard): string {
  const { discardPercent, maxJitterMs, roundTripMs, rFactor, mos, mosReported } = heard;
  return [
    lossText(heard),
    discardPercent === null || discardPercent === 0 ? '' : `late ${percent(discardPercent)}`,
    maxJitterMs === null ? '' : `jitter ${maxJitterMs.toFixed(maxJitterMs < 10 ? 1 : 0)} ms`,
    roundTripMs === null ? '' : `round trip ${Math.round(roundTripMs)} ms`,
    mos === null ? '' : `MOS ${mosReported ? '' : '≈ '}${mos.toFixed(1)}`,
    rFactor === null || !mosReported ? '' : `R ${Math.round(rFactor)}`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}

function lossText({ lossPercent, maxLossPercent }: Heard): string {
  const loss = lossPercent ?? maxLossPercent;
  if (loss === null) return '';
  const isWorse = lossPercent !== null && maxLossPercent !== null && maxLossPercent > lossPercent;
  return `loss ${percent(loss)}${isWorse ? ` (at worst ${percent(maxLossPercent)})` : ''}`;
}

const percent = (value: number): string => `${value === 0 ? '0' : value.toFixed(value < 10 ? 1 : 0)} %`;

/** What is heard on either side, as far as somebody said. */
export function bandText(band: MediaBand): string {
  const { heardByA, heardByB, aLeft, reports } = band;
  const [right, left] = aLeft ? [heardByB, heardByA] : [heardByA, heardByB];
  if (right === null && left === null) return reports === 0 ? 'no reports' : 'nothing reported as heard';
  const [onRight, onLeft] = [right, left].map((heard) => (heard === null ? '' : heardText(heard)));
  const parts = [onRight === '' ? '' : `→ ${onRight}`, onLeft === '' ? '' : `← ${onLeft}`].filter(
    (part) => part !== '',
  );
  return parts.length === 0 ? 'reported without figures' : parts.join(' · ');
}
