import type { LadderLane } from '../../../core/ladder/step.ts';
import type { Frame } from './frame.ts';
import { flow, label, type Piece } from './label.ts';
import type { DrawnRow } from './steps.ts';
import { el, text } from './xml.ts';

const IS_ADDRESS = /^[0-9a-f.:[\]]+$/i;

/** The names of the lanes in boxes above their lines; `addresses` beneath the names. */
export function headRow(lanes: readonly LadderLane[], frame: Frame, addresses: boolean): DrawnRow {
  const tall = addresses && !frame.numbered;
  const box = tall ? 36 : 22;
  const half = Math.max(6, Math.min(frame.column - (frame.column > 40 ? 6 : 2), 220) / 2);
  return {
    height: box + 6,
    xml: el(
      'g',
      { class: 'heads' },
      lanes.map((lane, index) => {
        const x = frame.lane(index);
        const inner = { x, anchor: 'middle', left: x - half + 2, right: x + half - 2, on: 'p' } as const;
        const name = frame.numbered ? String(index + 1) : lane.name;
        const address = tall ? addressOf(lane) : '';
        const cutAt = IS_ADDRESS.test(name) ? 'start' : 'end';
        return el(
          'g',
          { class: 'lane-head' },
          el('title', {}, text([lane.name, ...lane.addresses].join(' ').slice(0, 400))),
          el('rect', { class: 'head', x: x - half, y: 1, width: 2 * half, height: box - 2, rx: 4 }),
          label([{ text: name, bold: true, cutAt }], { ...inner, y: tall && address === '' ? 22 : 15 }),
          label([{ text: address, class: 'm', cutAt: 'start' }], { ...inner, y: 29, size: 11 }),
        );
      }),
    ),
  };
}

/** An address that the name does not say already. */
function addressOf(lane: LadderLane): string {
  const [first, ...others] = lane.addresses.filter((address) => address !== lane.name);
  return first === undefined ? '' : others.length === 0 ? first : `${first} +${others.length}`;
}

/** Which number is which host, where lanes are too close to be named. */
export function keyRow(lanes: readonly LadderLane[], frame: Frame): DrawnRow {
  const { left, right } = frame;
  const parts = lanes.map((lane, index): Piece => ({ text: `${index + 1} ${lane.name}` }));
  const lines = flow(parts, right - left, 11);
  return {
    height: 15 * lines.length + 4,
    xml: el(
      'g',
      { class: 'key' },
      lines.map((pieces, i) =>
        label(pieces, { x: left, y: 12 + 15 * i, anchor: 'start', left, right, size: 11, on: 'p' }),
      ),
    ),
  };
}
