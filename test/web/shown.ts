import { existsSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import type { Call } from '../../api/schemas.ts';
import { callApi, compareAddress, encodeKey } from '../../web/route.ts';
import { listCalls } from '../api/list-calls.ts';
import { expectAccessible } from './accessible.ts';
import type { RecordedPage } from './recorded-page.ts';
import { VIEW_WIDTH, VIEWS } from './views.ts';

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
      const { page, complaints } = await site().tab.renewed();
      await page.setViewportSize({ width: VIEW_WIDTH, height: 720 });
      await use(page);
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

    test('on the doctor, on the clocks and on two calls beside each other', async () => {
      const { callIds, store } = site().api;
      const [left = '', right = ''] = callIds['03-failures'] ?? [];
      const [held = '', tandem = ''] = ['05-transfer-hold', '09-tandem'].map((name) => callIds[name]?.[0]);
      // Clocks are compared by calls that are over.
      await listCalls(store, [held, tandem]);
      const { endedAt } = await site().ask<Call>(callApi(tandem));
      await withPage(async (page) => {
        // The page asks for the last hour: it is told of the one in which the call was recorded.
        const address = `${site().origin}/api/clocks?to=${Date.parse(endedAt ?? '') + 1}`;
        await page.route('**/api/clocks', (route) => route.continue({ url: address }));
        await page.goto(`${site().origin}/clocks`);
        await page.getByRole('heading', { name: 'Pairs' }).waitFor();
        await expectAccessible(page, 'clocks');
        await page.goto(`${site().origin}/doctor`);
        await page.locator('.check .snippet').first().waitFor();
        await expectAccessible(page, 'doctor');
        await page.goto(`${site().origin}${compareAddress(left)}/${encodeKey(right)}`);
        await page.getByLabel('also show what is the same').check();
        await page.locator('.two-calls tr[class^=step-]').first().waitFor();
        await expectAccessible(page, 'two calls');
      });
    });
  });
}
