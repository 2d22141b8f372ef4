import { existsSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { expectAccessible } from './accessible.ts';
import type { RecordedPage } from './recorded-page.ts';
import { VIEW_WIDTH, VIEWS } from './views.ts';

const PATIENCE_MS = 60_000;

/** What readers of the documentation are shown, and what else the page has: there, and fit for everyone. */
export function shownTests(site: () => RecordedPage): void {
  test('each view of which the documentation tells has its picture', () => {
    const missing = VIEWS.filter(
      ({ name }) => !existsSync(new URL(`../../docs/pictures/${name}.png`, import.meta.url)),
    );
    expect(missing).toEqual([]);
  });

  describe('axe-core finds nothing to mend, in light and in dark', () => {
    const withPage = async (use: (page: Page) => Promise<void>): Promise<void> => {
      const { page, complaints } = await site().newPage(PATIENCE_MS);
      await page.setViewportSize({ width: VIEW_WIDTH, height: 720 });
      await use(page);
      await page.close();
      expect(complaints).toEqual([]);
    };

    // The ladder stands beside the opened step.
    test.each(['search', 'call', 'detail'])('on the view "%s"', async (name) => {
      const view = VIEWS.find((one) => one.name === name);
      await withPage(async (page) => {
        await view?.open(page, site());
        await expectAccessible(page, name);
      });
    });

    test('on the ledger, on a search without a result and on a narrow screen', async () => {
      await withPage(async (page) => {
        await page.goto(`${site().origin}/ledger`);
        await page.getByRole('status').first().waitFor();
        await expectAccessible(page, 'ledger');
        await page.setViewportSize({ width: 420, height: 800 });
        await page.goto(`${site().origin}/?q=${encodeURIComponent('nobody-of-this-name')}`);
        await page.getByRole('heading', { name: 'No call found' }).waitFor();
        await expectAccessible(page, 'nothing found');
      });
    });
  });
}
