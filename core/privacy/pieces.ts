/** A text in pieces, some of which are done with: what one rule has hidden or kept is not looked at by the next. */
export interface Piece {
  readonly text: string;
  readonly done: boolean;
}

/** What a rule makes of what it found: the text that stands there from now on, or undefined to leave it to later rules. */
export type Replace = (found: RegExpExecArray) => string | undefined;

/** Applies one rule to the pieces that are left. @param pattern with the flag "g" */
export function applied(pieces: readonly Piece[], pattern: RegExp, replace: Replace): Piece[] {
  const result: Piece[] = [];
  for (const piece of pieces) {
    if (piece.done || piece.text === '') {
      result.push(piece);
      continue;
    }
    let from = 0;
    for (const found of piece.text.matchAll(pattern)) {
      const text = found[0] === '' ? undefined : replace(found);
      if (text === undefined) continue;
      if (found.index > from) result.push({ text: piece.text.slice(from, found.index), done: false });
      result.push({ text, done: true });
      from = found.index + found[0].length;
    }
    if (from < piece.text.length) result.push({ text: from === 0 ? piece.text : piece.text.slice(from), done: false });
  }
  return result;
}

export const joined = (pieces: readonly Piece[]): string => pieces.map(({ text }) => text).join('');
