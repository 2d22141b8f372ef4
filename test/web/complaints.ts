import type { Page } from 'playwright-core';

/**
 * All that a page complains of from now on: errors, refused policies, scripts that ran, requests to elsewhere.
 *
 * @param isOwn whether an address is the site's
 */
export function complaintsOf(page: Page, isOwn: (address: string) => boolean): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => {
    complaints.push(`a script ran: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (!isOwn(request.url())) complaints.push(`asked ${request.url()}`);
  });
  return complaints;
}
