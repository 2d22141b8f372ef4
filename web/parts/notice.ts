import { html, nothing, type TemplateResult } from 'lit';
import type { Resource } from '../resource.ts';

/** A thin moving line when an answer takes longer than half a second. */
export function progress(...resources: readonly Pick<Resource<unknown>, 'slow'>[]): TemplateResult | typeof nothing {
  if (!resources.some((resource) => resource.slow)) return nothing;
  return html`<div class="progress" role="progressbar" aria-label="Waiting for the server"></div>`;
}

export const problem = (message: string): TemplateResult =>
  html`<p class="notice notice-error" role="alert">${message}</p>`;

export const warning = (message: unknown): TemplateResult =>
  html`<p class="notice notice-warning"><span class="sign" aria-hidden="true">⚠</span> <span>${message}</span></p>`;
