import type { Heard, MediaBand, MediaSession } from './media.ts';

/** The words of media, wherever it is drawn. */

export const DIRECTION_WORDS: Readonly<Record<MediaSession['direction'], string>> = {
  sendrecv: '',
  sendonly: 'one way',
  recvonly: 'one way',
  inactive: 'on hold',
};

/** "loss 0.4 %, jitter 12 ms, MOS ≈ 4.1" */
export function heardText({ lossPercent, maxLossPercent, maxJitterMs, mos }: Heard): string {
  return [
    `loss ${percent(lossPercent ?? maxLossPercent)}${lossPercent === null || maxLossPercent <= lossPercent ? '' : ` (at worst ${percent(maxLossPercent)})`}`,
    maxJitterMs === null ? '' : `jitter ${maxJitterMs.toFixed(maxJitterMs < 10 ? 1 : 0)} ms`,
    mos === null ? '' : `MOS ≈ ${mos.toFixed(1)}`,
  ]
    .filter((part) => part !== '')
    .join(', ');
}

const percent = (value: number): string => `${value === 0 ? '0' : value.toFixed(value < 10 ? 1 : 0)} %`;

/** What is heard on either side, as far as somebody said. */
export function bandText(band: MediaBand): string {
  const { heardByA, heardByB, aLeft, reports } = band;
  const [right, left] = aLeft ? [heardByB, heardByA] : [heardByA, heardByB];
  if (right === null && left === null) return reports === 0 ? 'no reports' : 'nothing reported as heard';
  return [right === null ? '' : `→ ${heardText(right)}`, left === null ? '' : `← ${heardText(left)}`]
    .filter((part) => part !== '')
    .join(' · ');
}
