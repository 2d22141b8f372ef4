import { html, nothing, type TemplateResult } from 'lit';
import type { Resource } from '../resource.ts';
import { texts } from '../texts/language.ts';

const words = texts.parts;

/** A thin moving line when an answer takes longer than half a second, and a way not to wait for it. */
export function progress(
  ...resources: readonly Pick<Resource<unknown>, 'slow' | 'cancel'>[]
): TemplateResult | typeof nothing {
  const slow = resources.filter((resource) => resource.slow);
  if (slow.length === 0) return nothing;
  const cancel = (): void => {
    for (const resource of slow) resource.cancel();
  };
  return html`<div class="progress" role="progressbar" aria-label=${words.waiting}></div>
    <p class="waiting" role="status">
      ${words.waitingStill} <button type="button" @click=${cancel}>${words.cancel}</button>
    </p>`;
}

/** What stands in the place of an answer that somebody did not wait for. */
export const cancelled = (again: () => void): TemplateResult =>
  html`<p class="notice notice-warning" role="status">
    <span>${words.cancelled}</span> <button type="button" @click=${again}>${words.askAgain}</button>
  </p>`;

export const problem = (message: string): TemplateResult =>
  html`<p class="notice notice-error" role="alert">${message}</p>`;

export const warning = (message: unknown): TemplateResult =>
  html`<p class="notice notice-warning"><span class="sign" aria-hidden="true">⚠</span> <span>${message}</span></p>`;
