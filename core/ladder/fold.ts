import type { Row } from './layout.ts';
import type { LadderStep } from './step.ts';
import { isRefusal } from './words.ts';

/** What stands on a folded ladder, from above. */
export type Line<S extends LadderStep = LadderStep> =
  | { readonly kind: 'step'; readonly row: Row<S> }
  /** Steps in the middle of a long call that are not drawn. */
  | { readonly kind: 'fold'; readonly steps: number; readonly overUs: number; readonly refusals: number }
  /** Nothing happened for so long. */
  | { readonly kind: 'pause'; readonly us: number };

export interface FoldOptions {
  /** So many steps at most are shown: the first and the last of them. */
  readonly max: number;
  /** From so long on a silence is told. */
  readonly pauseUs: number;
}

/** The first and the last rows, with a line for what is between them, and a line for each silence. */
export function fold<S extends LadderStep>(rows: readonly Row<S>[], { max, pauseUs }: FoldOptions): readonly Line<S>[] {
  const head = rows.length <= max ? rows.length : Math.ceil(max / 2);
  const tail = rows.length <= max ? rows.length : rows.length - Math.floor(max / 2);
  const hidden = rows.slice(head, tail);
  const lines = withPauses(rows.slice(0, head), pauseUs, 0);
  const [first, last] = [hidden[0], hidden.at(-1)];
  if (first === undefined || last === undefined) return lines;
  lines.push({
    kind: 'fold',
    steps: hidden.length,
    overUs: last.step.atUs - first.step.atUs,
    refusals: hidden.filter(({ step }) => isRefusal(step)).length,
  });
  lines.push(...withPauses(rows.slice(tail), pauseUs, 1));
  return lines;
}

/** The silence before the first row is not told when the rows before it are folded. */
function withPauses<S extends LadderStep>(rows: readonly Row<S>[], pauseUs: number, from: 0 | 1): Line<S>[] {
  return rows.flatMap((row, index): Line<S>[] => {
    const us = index < from ? 0 : (row.deltaUs ?? 0);
    return us >= pauseUs
      ? [
          { kind: 'pause', us },
          { kind: 'step', row },
        ]
      : [{ kind: 'step', row }];
  });
}
