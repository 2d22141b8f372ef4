import type { Line } from '../../core/ladder/lines.ts';
import { isRefusal } from '../../core/ladder/words.ts';
import { texts } from '../texts/language.ts';

const words = texts.ladder;

/** Where the keyboard leads to: from a line, with all lines, to a line; undefined where there is none. */
export type Move = (at: number, lines: readonly Line[]) => number | undefined;

const PAGE = 15;

const by =
  (distance: number): Move =>
  (at, lines) =>
    Math.max(0, Math.min(at + distance, lines.length - 1));

const next =
  (wanted: (line: Line) => boolean): Move =>
  (at, lines) => {
    const found = lines.findIndex((line, index) => index > at && wanted(line));
    return found === -1 ? undefined : found;
  };

const previous =
  (wanted: (line: Line) => boolean): Move =>
  (at, lines) => {
    for (let index = Math.min(at, lines.length) - 1; index >= 0; index -= 1) {
      const line = lines[index];
      if (line !== undefined && wanted(line)) return index;
    }
    return undefined;
  };

const isFailure = (line: Line): boolean => line.kind === 'step' && isRefusal(line.row.step);
const isSilence = (line: Line): boolean =>
  line.kind === 'pause' || (line.kind === 'step' && line.row.step.kind === 'gap');
const isTurn = (line: Line): boolean => line.kind === 'milestone';

/** The jumps that have a button as well. */
export const JUMPS: readonly { readonly key: string; readonly words: string; readonly move: Move }[] = [
  { key: 'f', words: words.firstFailure, move: (_at, lines) => next(isFailure)(-1, lines) },
  { key: 'e', words: words.nextFailure, move: next(isFailure) },
  { key: 'g', words: words.nextSilence, move: next(isSilence) },
  { key: 'm', words: words.nextTurn, move: next(isTurn) },
];

export const MOVES: Readonly<Record<string, Move>> = {
  ArrowDown: by(1),
  j: by(1),
  ArrowUp: by(-1),
  k: by(-1),
  PageDown: by(PAGE),
  PageUp: by(-PAGE),
  Home: () => 0,
  End: (_at, lines) => lines.length - 1,
  ...Object.fromEntries(JUMPS.map(({ key, move }) => [key, move])),
  E: previous(isFailure),
  G: previous(isSilence),
  M: previous(isTurn),
};
