import { html, type TemplateResult } from 'lit';

/** Leads to steps of the ladder on the same page. */
export interface StepLinks {
  /** The address of the page with that step opened, for another tab. */
  address(stepId: string): string;
  /** Opens the step and scrolls to it. */
  show(stepId: string): void;
}

export function stepLink(stepId: string, words: unknown, { address, show }: StepLinks): TemplateResult {
  return html`<a href=${address(stepId)} @click=${(event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    show(stepId);
  }}>${words}</a>`;
}
