import { html, nothing, type TemplateResult } from 'lit';
import type { Party } from '../api.ts';
import { texts } from '../texts/language.ts';
import { personText } from './token.ts';

const words = texts.parts;

export function partyText(party: Party): TemplateResult {
  if (party.number === '' && party.name === '') return html`<span class="muted">${words.unknown}</span>`;
  const name =
    party.name === '' || party.name === party.number
      ? nothing
      : html`<span class="party-name">${personText(party.name)}</span>`;
  return html`<span class="party"><span class="number">${party.number === '' ? words.noNumber : personText(party.number)}</span> ${name}</span>`;
}

export const fromTo = (from: Party, to: Party): TemplateResult =>
  html`${partyText(from)} <span class="towards" role="img" aria-label=${words.to}>→</span> ${partyText(to)}`;

/** The same for a title bar. */
export const fromToWords = (from: Party, to: Party): string =>
  `${from.number || from.name || words.unknown} → ${to.number || to.name || words.unknown}`;
