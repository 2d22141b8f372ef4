/** A text in pieces, some of which are done with: what one rule has hidden or kept is not looked at by the next. */
export interface Piece {
  readonly text: string;
  readonly done: boolean;
}

/** What a rule makes of what it found: the text that stands there from now on, or undefined to leave it to later rules. */
export type Replace = (found: RegExpExecArray) => string | undefined;

/** Applies one rule to the pieces that are left. @param pattern with the flag "g" */
export const applied = (pieces: readonly Piece[], pattern: RegExp, replace: Replace): Piece[] =>
  replaced(pieces, (text) => matchesOf(text, pattern, replace));

function* matchesOf(text: string, pattern: RegExp, replace: Replace): Iterable<Replacement> {
  for (const found of text.matchAll(pattern)) {
    const by = found[0] === '' ? undefined : replace(found);
    if (by !== undefined) yield { index: found.index, length: found[0].length, by };
  }
}

/** What stands at a place of a text, and what is put there. */
export interface Replacement {
  readonly index: number;
  readonly length: number;
  readonly by: string;
}

/** Replaces what is found in the pieces that are left, from left to right. */
export function replaced(pieces: readonly Piece[], find: (text: string) => Iterable<Replacement>): Piece[] {
  const result: Piece[] = [];
  for (const piece of pieces) {
    if (piece.done || piece.text === '') {
      result.push(piece);
      continue;
    }
    let from = 0;
    for (const { index, length, by } of find(piece.text)) {
      if (index > from) result.push({ text: piece.text.slice(from, index), done: false });
      result.push({ text: by, done: true });
      from = index + length;
    }
    if (from < piece.text.length) result.push({ text: from === 0 ? piece.text : piece.text.slice(from), done: false });
  }
  return result;
}

export const joined = (pieces: readonly Piece[]): string => pieces.map(({ text }) => text).join('');
