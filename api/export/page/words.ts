import type { Thread } from '../../../core/ladder/threads.ts';
import { OUTCOME_WORDS } from '../../../core/ladder/words.ts';
import type { Xml } from '../../ladder/svg/xml.ts';
import type { Call, Party } from '../../schemas.ts';
import { isoOf } from '../../time.ts';
import { html } from './html.ts';

/** Small parts that several sections of the page have in common. All times are UTC. */

export const clock = (us: number): string => isoOf(us).slice(11, 23);
export const timeOf = (iso: string | null): string => (iso === null ? '–' : iso.slice(11, 26));

export const badge = (thread: Thread | undefined): Xml | undefined =>
  thread === undefined ? undefined : html`<span class="leg leg-${thread.colour}">${thread.letter}</span>`;

export function party({ number, name }: Party): Xml {
  if (number === '' && name === '') return html`<span class="quiet">unknown</span>`;
  const shown = name === '' || name === number ? undefined : html` <span class="name">${name}</span>`;
  return html`<span class="number">${number === '' ? 'no number' : number}</span>${shown}`;
}

export const fromTo = ({ from, to }: Pick<Call, 'from' | 'to'>): Xml => html`${party(from)} → ${party(to)}`;

export function outcome(of: Call['legs'][number]['outcome']): Xml {
  const { word, sign } = OUTCOME_WORDS[of];
  return html`${sign} ${word}`;
}

/** Where a step stands on the page; ids are ours. */
export const anchorOf = (stepId: string): string => `step-${stepId}`;
