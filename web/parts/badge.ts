import { html, nothing, type TemplateResult } from 'lit';
import type { Thread } from '../../core/ladder/threads.ts';
import { texts } from '../texts/language.ts';

/** The letter of a leg on its colour. */
export function legBadge(thread: Thread | undefined): TemplateResult | typeof nothing {
  if (thread === undefined) return nothing;
  return html`<span class="leg-badge thread-${thread.colour}" title=${texts.parts.legOf(thread.letter, thread.id)}>${thread.letter}</span>`;
}
