import { html, nothing, type TemplateResult } from 'lit';
import type { Thread } from '../../core/ladder/threads.ts';

/** The letter of a leg on its colour. */
export function legBadge(thread: Thread | undefined): TemplateResult | typeof nothing {
  if (thread === undefined) return nothing;
  return html`<span class="leg-badge thread-${thread.colour}" title=${`Leg ${thread.letter}: ${thread.id}`}>${thread.letter}</span>`;
}
