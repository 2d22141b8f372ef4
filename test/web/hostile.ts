import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { callAddress } from '../../web/route.ts';
import { storeHand } from '../generate/store.ts';
import { AT } from '../indexer/seen.ts';
import { expectHarmless } from './harmless.ts';
import { CALLED, type HostileCall, hostileCall, PAYLOADS, type Payload } from './hostile-call.ts';
import type { RecordedPage } from './recorded-page.ts';

const NAMES = Object.keys(PAYLOADS) as Payload[];
/** Everything, each on a line of its own. */
const WHOLE = 'events=all&level=debug&fold=off';

/** What strangers write is stored by the real indexer, answered by the real API and shown by the page as what it is: text. */
export function hostileTests(site: () => RecordedPage): void {
  describe('what strangers write', () => {
    const calls = new Map<Payload, HostileCall>();

    beforeAll(async () => {
      for (const [i, name] of NAMES.entries()) {
        const call = hostileCall(name, AT + i * 60_000_000);
        calls.set(name, call);
        await storeHand(site().api.store, call.events);
      }
    });

    const withPage = async (use: (page: Page) => Promise<void>): Promise<void> => {
      const { page, complaints } = await site().tab.renewed();
      await use(page);
      expect(complaints).toEqual([]);
    };

    test('is text in the list of calls', async () => {
      await withPage(async (page) => {
        await page.goto(`${site().origin}/?q=${encodeURIComponent(CALLED)}`);
        await page
          .locator('.calls tbody tr')
          .nth(NAMES.length - 1)
          .waitFor();
        expect(await page.locator('.calls tbody tr').count()).toBe(NAMES.length);
        expect(await page.locator('.calls').textContent()).toContain('<script>window.ran=1;alert(1)</script>');
        await expectHarmless(page, 'list');
      });
    });

    test.each(NAMES)('is text in each part of a call and in the detail of each of its steps: %s', async (name) => {
      const { callId } = calls.get(name)!;
      await withPage(async (page) => {
        await page.goto(`${site().origin}${callAddress(callId)}?${WHOLE}`);
        const rows = page.locator('ladder-rows .row');
        await rows.first().waitFor();
        await page.locator('.verdict-card, .diagnosis p.muted').first().waitFor();
        for (const summary of await page.locator('main details > summary').all())
          if (await summary.isVisible()) await summary.click();
        await expectHarmless(page, 'call');
        const said = PAYLOADS[name].slice(0, 20).split(' ')[0];
        for (const part of ['.headline', '.story', '.legs', '.why', 'ladder-rows'])
          expect(await page.locator(part).first().textContent(), part).toContain(said);

        await page.getByRole('listbox', { name: 'Steps of the call' }).focus();
        await page.keyboard.press('Home');
        await page.keyboard.press('Enter');
        const lines = Number(await rows.first().getAttribute('aria-setsize'));
        expect(lines).toBeGreaterThan(20);
        for (let line = 0; line < lines; line += 1) {
          await page.locator('.step-detail').waitFor();
          await expectHarmless(page, `line ${line}`);
          await page.keyboard.press('ArrowDown');
        }
      });
    });

    test.each(NAMES)('is text in the picture of a call: %s', async (name) => {
      const { callId } = calls.get(name)!;
      await withPage(async (page) => {
        await page.goto(`${site().origin}/ladder/${encodeURIComponent(callId)}.svg`);
        const found = await page.evaluate<string[]>(
          "[...document.querySelectorAll('*')].filter((one) => !['svg', 'style', 'g', 'text', 'tspan', 'title', 'desc', 'rect', 'line', 'path', 'circle', 'polygon', 'polyline', 'defs', 'pattern', 'marker', 'clipPath'].includes(one.localName) || [...one.attributes].some(({ name }) => /^on|href/.test(name))).map((one) => one.localName)",
        );
        expect(found).toEqual([]);
        expect(await page.evaluate('window.ran')).toBe(undefined);
        expect(await page.locator('g.message').count()).toBeGreaterThan(0);
      });
    });

    test('is text in the ledger', async () => {
      const text = PAYLOADS.markup;
      const counted = [{ reason: text, count: 1 }];
      const stage = { name: text, in: 1, passed: 1, waiting: 0, lost: counted, difference: 0 };
      const ledger = {
        ...{ balances: true, network: { lost: counted }, lagMessages: null, tables: [{ table: text, rows: 1 }] },
        sources: [{ name: PAYLOADS.long, received: [{ kind: text, count: 9 }], rejected: counted }],
        stages: [stage],
      };
      await withPage(async (page) => {
        // Sources are named by those who configure them; what a stranger could put there has to be put there by hand.
        await page.route('**/api/ledger', (route) => route.fulfill({ json: ledger }));
        await page.goto(`${site().origin}/ledger`);
        await page.getByRole('rowheader', { name: '<script>window.ran=1' }).waitFor();
        await expectHarmless(page, 'ledger');
      });
    });
  });
}
