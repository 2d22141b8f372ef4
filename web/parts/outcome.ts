import { html, type TemplateResult } from 'lit';
import type { LegOutcome } from '../api.ts';

/** A word and a sign each: the colour that the stylesheet adds is not needed to tell them apart. */
const OUTCOMES: Readonly<Record<LegOutcome, { readonly word: string; readonly sign: string }>> = {
  in_progress: { word: 'in progress', sign: '▸' },
  answered: { word: 'answered', sign: '✓' },
  busy: { word: 'busy', sign: '■' },
  no_answer: { word: 'no answer', sign: '○' },
  cancelled: { word: 'cancelled', sign: '←' },
  rejected: { word: 'rejected', sign: '✕' },
  failed: { word: 'failed', sign: '!' },
  interrupted: { word: 'interrupted', sign: '≠' },
  lost_race: { word: 'lost the race', sign: '–' },
};

export function outcomeMark(outcome: LegOutcome): TemplateResult {
  const { word, sign } = OUTCOMES[outcome] ?? { word: outcome, sign: '?' };
  return html`<span class="outcome outcome-${outcome}"><span class="sign" aria-hidden="true">${sign}</span>${word}</span>`;
}

/** "486 · USER_BUSY", "" when neither is known. */
export function finalText(status: number | null, cause: string | null): string {
  return [status === null ? '' : String(status), cause ?? ''].filter((part) => part !== '').join(' · ');
}
