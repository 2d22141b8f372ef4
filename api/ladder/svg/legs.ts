import type { LegOutcome, Party } from '../../../core/call/types.ts';
import type { Threads } from '../../../core/ladder/threads.ts';
import { finalText, OUTCOME_WORDS } from '../../../core/ladder/words.ts';
import type { Frame } from './frame.ts';
import { label } from './label.ts';
import { badge, type DrawnRow } from './steps.ts';
import { fromTo } from './title.ts';
import { el } from './xml.ts';

/** A leg as the key below the ladder tells it. */
export interface DrawnLeg {
  readonly id: string;
  readonly callId: string | null;
  readonly channels: readonly { readonly uuid: string }[];
  readonly from: Party;
  readonly to: Party;
  readonly outcome: LegOutcome;
  readonly finalStatus: number | null;
  readonly hangupCause: string | null;
}

const MOST = 12;
const LINE = 20;

/** Which letter and colour is which leg. */
export function legsRow(legs: readonly DrawnLeg[], threads: Threads, frame: Frame): DrawnRow {
  const { left, right } = frame;
  const shown = legs.slice(0, MOST);
  const more = legs.length - shown.length;
  const place = { x: left + 28, anchor: 'start', left: left + 28, right, on: 'p' } as const;
  return {
    height: LINE * (shown.length + (more === 0 ? 0 : 1)) + 8,
    xml: el(
      'g',
      { class: 'legs' },
      shown.map((leg, i) => {
        const thread = threads.find(leg.id);
        const { word, sign } = OUTCOME_WORDS[leg.outcome];
        return el(
          'g',
          {},
          thread === undefined ? undefined : badge(thread, left, 6 + LINE * i),
          label(
            [
              ...fromTo(leg.from, leg.to).map((piece) => ({ ...piece, bold: true })),
              { text: `${sign} ${word}` },
              { text: finalText(leg.finalStatus, leg.hangupCause), class: 'm' },
              { text: leg.callId ?? leg.id, class: 'm' },
            ],
            { ...place, y: 18 + LINE * i },
          ),
        );
      }),
      more === 0
        ? undefined
        : label([{ text: `… and ${more} more leg${more === 1 ? '' : 's'}`, class: 'm' }], {
            ...place,
            y: 18 + LINE * shown.length,
          }),
    ),
  };
}
