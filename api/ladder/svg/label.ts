import { cut, cutStart, type Font, isReckoned, widthOf } from './measure.ts';
import { el, text, type Xml } from './xml.ts';

/** A part of a line of text. What comes first is cut last. */
export interface Piece {
  readonly text: string;
  readonly class?: string;
  readonly bold?: boolean;
  /** Where it loses what does not fit: an address is told by its end. */
  readonly cutAt?: 'start' | 'end';
}

export interface Place {
  /** Where the text begins, stands in the middle, or ends. */
  readonly x: number;
  readonly y: number;
  readonly anchor: 'start' | 'middle' | 'end';
  /** Text stays between these. */
  readonly left: number;
  readonly right: number;
  /** Not more than so wide. */
  readonly room?: number;
  /** 12 unless given. */
  readonly size?: 11 | 12 | 16;
  /** Further classes: what the text stands on. */
  readonly on?: string;
}

const GAP = 6;

/** One line of text, cut so that it fits between `left` and `right`; undefined when nothing is left of it. */
export function label(pieces: readonly Piece[], place: Place): Xml | undefined {
  const { anchor, left, right, room = Number.POSITIVE_INFINITY, size = 12 } = place;
  const fitted = fitPieces(pieces, Math.min(room, right - left), size);
  if (fitted.length === 0) return undefined;
  const width = fitted.reduce((sum, piece) => sum + piece.width, GAP * (fitted.length - 1));
  const begin = anchor === 'start' ? place.x : anchor === 'end' ? place.x - width : place.x - width / 2;
  const from = Math.max(left, Math.min(begin, right - width));
  const x = anchor === 'start' ? from : anchor === 'end' ? from + width : from + width / 2;
  const classes = [size === 16 ? 'h' : size === 11 ? 's' : '', place.on ?? ''].filter((name) => name !== '').join(' ');
  return el(
    'text',
    {
      x,
      y: place.y,
      'text-anchor': anchor === 'start' ? undefined : anchor,
      class: classes === '' ? undefined : classes,
    },
    fitted.map((piece, index) =>
      el(
        'tspan',
        {
          class:
            [piece.class ?? '', piece.bold === true ? 'b' : ''].filter((name) => name !== '').join(' ') || undefined,
          dx: index === 0 ? undefined : GAP,
          ...(isReckoned(piece.text) ? { textLength: piece.width, lengthAdjust: 'spacingAndGlyphs' } : {}),
        },
        text(piece.text),
      ),
    ),
  );
}

function fitPieces(pieces: readonly Piece[], room: number, size: number): (Piece & { readonly width: number })[] {
  const fitted: (Piece & { readonly width: number })[] = [];
  let left = room;
  for (const piece of pieces) {
    if (piece.text === '') continue;
    const font: Font = { size, bold: size === 16 || piece.bold === true };
    const shown = (piece.cutAt === 'start' ? cutStart : cut)(piece.text, left - (fitted.length === 0 ? 0 : GAP), font);
    if (shown === '') break;
    const width = widthOf(shown, font);
    left -= width + (fitted.length === 0 ? 0 : GAP);
    fitted.push({ ...piece, text: shown, width });
  }
  return fitted;
}

/** Parts that belong together as words, flowed into lines of this width, with "·" between the parts of one line. */
export function flow(parts: readonly Piece[], width: number, size: number): (readonly Piece[])[] {
  const lines: Piece[][] = [];
  let left = 0;
  for (const part of parts) {
    if (part.text === '') continue;
    const needed = widthOf(part.text, { size, bold: part.bold === true }) + widthOf('·', { size }) + 2 * GAP;
    const line = lines.at(-1);
    if (line === undefined || needed > left) {
      lines.push([part]);
      left = width - needed;
    } else {
      line.push({ text: '·', class: 'm' }, part);
      left -= needed;
    }
  }
  return lines;
}
