import { html, nothing, type TemplateResult } from 'lit';
import { texts } from '../texts/language.ts';

const words = texts.parts;

/** Lines to paste somewhere, with a button that copies them where the browser allows it (https or localhost). */
export function snippet(text: string, label: string): TemplateResult {
  return html`<div class="snippet">
    ${copyButton(text, label)}
    <pre tabindex="0" role="region" aria-label=${label}>${text}</pre>
  </div>`;
}

export function copyButton(text: string, label: string): TemplateResult | typeof nothing {
  if (!globalThis.isSecureContext) return nothing;
  return html`<button type="button" class="copy" aria-label=${words.copyOf(label)} @click=${(event: Event) => copy(event, text)}>
    ${words.copy}
  </button>`;
}

async function copy(event: Event, text: string): Promise<void> {
  const button = event.currentTarget as HTMLElement;
  const said = await navigator.clipboard.writeText(text).then(
    () => words.copied,
    () => words.notAllowed,
  );
  button.dataset.said = said;
  setTimeout(() => delete button.dataset.said, 1500);
}
