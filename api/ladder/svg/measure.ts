import { printable } from './xml.ts';

/**
 * How wide text will be at most. A server has no fonts to ask, so these are the widths of DejaVu Sans, the widest that a
 * browser takes for `sans-serif`: U+0020 to U+007E, three digits each, in hundredths of the font size.
 */
const REGULAR =
  '032041046084064096078028040040050084032037032034064064064064064064064064064064034034084084084054100069069070078064058078076030030066056087075079061079070064062074069099069062069040034040084050050062064055064062036064064028028058028098064064062064064042053040064060082060060053064034064084';
const BOLD =
  '035046053084070101088031046046053084038042038037070070070070070070070070070070040040084084084059100078077074084069069083084038038078064100084086074086078073069082078111078073073046037046084050050068072060072068044072072035035067035105072069072072050060048072066093065066059072037072084';

/** Our own signs, none of them wider than this. */
const SIGNS = /[…·→×✓✕–−▸■○←≠⚠µ\uFFFD]/u;
/** Usual widths of what no table holds: the Hebrew and Arabic letters, scripts with square letters and emoji, the rest. */
const [JOINED, SQUARE, OTHER] = [62, 125, 76];

export interface Font {
  readonly size: number;
  readonly bold?: boolean;
}

/** Pixels. */
export function widthOf(text: string, { size, bold = false }: Font): number {
  let sum = 0;
  for (const char of text) sum += hundredths(char, bold ? BOLD : REGULAR);
  return (sum * size) / 100;
}

function hundredths(char: string, table: string): number {
  const code = char.codePointAt(0) ?? 0;
  const known = table.slice((code - 32) * 3, (code - 31) * 3);
  if (code >= 32 && code < 127) return Number(known);
  if (SIGNS.test(char)) return 100;
  if (code >= 0x0590 && code < 0x0900) return JOINED;
  return code < 0x1100 ? OTHER : SQUARE;
}

/** Text that is as wide as it was reckoned only when the browser is told to make it so: see `textLength`. */
export const isReckoned = (text: string): boolean => [...text].some((char) => !/[ -~]/.test(char) && !SIGNS.test(char));

const ELLIPSIS = '…';

/** The text as far as it fits, with "…" for the rest; "" when not even a letter does. */
export const cut = (value: string, width: number, font: Font): string => {
  const most = mostLetters(width, font);
  const text = printable(value.slice(0, most)).trim();
  if (value.length <= most && widthOf(text, font) <= width) return text;
  const kept = fitting(lettersOf(text), width, font);
  return kept.length === 0 ? '' : `${kept.join('').replace(/[\s.,:;]+$/, '')}${ELLIPSIS}`;
};

/** The same with the end of the text kept. */
export const cutStart = (value: string, width: number, font: Font): string => {
  const most = mostLetters(width, font);
  const text = printable(value.slice(-most)).trim();
  if (value.length <= most && widthOf(text, font) <= width) return text;
  const kept = fitting(lettersOf(text).reverse(), width, font).reverse();
  return kept.length === 0 ? '' : `${ELLIPSIS}${kept.join('').replace(/^[\s.,:;]+/, '')}`;
};

/** What is longer than this fits nowhere, as letters are not narrower; so long texts are not looked through. */
const mostLetters = (width: number, { size }: Font): number => 40 + Math.ceil(Math.max(0, width) / (size * 0.2));

/** What a reader takes for one letter, so that none is cut through. */
const lettersOf = (text: string): string[] =>
  Array.from(new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text), ({ segment }) => segment);

/** As many letters as fit beside a "…". */
function fitting(letters: readonly string[], width: number, font: Font): string[] {
  let left = width - widthOf(ELLIPSIS, font);
  const end = letters.findIndex((letter) => {
    left -= widthOf(letter, font);
    return left < 0;
  });
  return letters.slice(0, end === -1 ? letters.length : end);
}
