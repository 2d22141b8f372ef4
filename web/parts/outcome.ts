import { html, type TemplateResult } from 'lit';
import { type LegOutcome, OUTCOME_WORDS } from '../../core/ladder/words.ts';

export function outcomeMark(outcome: LegOutcome): TemplateResult {
  const { word, sign } = OUTCOME_WORDS[outcome] ?? { word: outcome, sign: '?' };
  return html`<span class="outcome outcome-${outcome}"><span class="sign" aria-hidden="true">${sign}</span>${word}</span>`;
}
