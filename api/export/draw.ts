import { DEFAULT_FILTER } from '../../core/ladder/filter.ts';
import type { LadderStep } from '../../core/ladder/step.ts';
import type { Work } from '../../core/runtime/in-turns.ts';
import { drawLadder } from '../ladder/svg/picture.ts';
import type { Theme } from '../ladder/svg/theme.ts';
import type { WholeCall } from './whole.ts';

/** Wide enough for six hosts, and narrow enough for a sheet of paper. */
const WIDTH = 1100;
/** As many as a picture may have; of a longer ladder the middle is folded, which says so. */
const MOST_DRAWN = 2000;

export interface DrawWishes {
  readonly theme: Theme;
  /** Where the drawing of a step leads to; nowhere unless said. */
  readonly linkOf?: (step: LadderStep) => string;
}

/** The ladder of an exported call as the page shows it at first, in SVG. */
export function drawCall({ call, ladder, diagnosis }: WholeCall, wishes: DrawWishes): Work<string> {
  const startUs = ladder.steps.reduce((least, { atUs }) => Math.min(least, atUs), Number.POSITIVE_INFINITY);
  return drawLadder(
    {
      summary: { ...call, legCount: call.legs.length },
      ...{ legs: call.legs, verdicts: diagnosis.verdicts },
      startUs: Number.isFinite(startUs) ? startUs : 0,
    },
    ladder,
    { width: WIDTH, filter: DEFAULT_FILTER, max: MOST_DRAWN, ...wishes },
  );
}
