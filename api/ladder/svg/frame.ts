/** Where things stand in a picture, in pixels from its left edge. */
export interface Frame {
  readonly width: number;
  readonly left: number;
  readonly right: number;
  /** Right end of the times. */
  readonly timeEnd: number;
  readonly badge: { readonly x: number; readonly width: number };
  /** Where the lanes begin and end. */
  readonly field: { readonly left: number; readonly right: number };
  readonly column: number;
  /** Middle of a lane, counted from 0. */
  lane(index: number): number;
  /** Lanes are too close to be named: they are numbered and named in a key. */
  readonly numbered: boolean;
}

const NARROW = 600;
const WIDEST_COLUMN = 460;
const NARROWEST_NAME = 58;

export function frameOf(width: number, lanes: number): Frame {
  const narrow = width < NARROW;
  const edge = narrow ? 8 : 16;
  const timeEnd = edge + 54;
  const badge = { x: timeEnd + 6, width: 20 };
  const field = { left: badge.x + badge.width + (narrow ? 4 : 12), right: width - edge };
  const count = Math.max(1, lanes);
  const column = Math.min((field.right - field.left) / count, WIDEST_COLUMN);
  // Few lanes in a wide picture stand in its middle.
  const first = field.left + (field.right - field.left - column * count) / 2 + column / 2;
  return {
    width,
    left: edge,
    right: width - edge,
    timeEnd,
    badge,
    field,
    column,
    lane: (index) => first + index * column,
    numbered: column < NARROWEST_NAME,
  };
}
