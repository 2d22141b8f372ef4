import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { complaintsOf } from './complaints.ts';

/** One page for many tests: the processes that a page of its own takes cost more than most of these tests. */
export interface Tab {
  /** The page as a new one is: blank, with nothing kept and nobody's complaints. `complaints` is all from now on. */
  cleared(): Promise<{ readonly page: Page; readonly complaints: readonly string[] }>;
  /** Stops the clock of the page, which cannot be set going again: the next test gets another page. */
  installClock(): Promise<void>;
}

interface TabOptions extends BrowserContextOptions {
  readonly viewport: { readonly width: number; readonly height: number };
  readonly patienceMs: number;
  /** Whether an address is the site's. */
  isOwn(address: string): boolean;
}

interface Opened {
  readonly page: Page;
  readonly complaints: string[];
  /** Whether it cannot be as a new one is. */
  isSpent: boolean;
}

/** Opens the page when it is first asked for; it closes with the browser. */
export function tabOf(browser: Browser, { patienceMs, isOwn, ...options }: TabOptions): Tab {
  let opened: Opened | undefined;

  async function renewed(): Promise<Opened> {
    await opened?.page.context().close();
    const page = await browser.newPage(options);
    page.setDefaultTimeout(patienceMs);
    const one = { page, complaints: complaintsOf(page, isOwn), isSpent: false };
    page.once('crash', () => {
      one.isSpent = true;
    });
    return one;
  }

  /** Leaves what the last test had open, and all that it changed. */
  async function left({ page, complaints }: Opened): Promise<void> {
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    const kept = new URL(page.url());
    await page.goto('about:blank');
    if (/^https?:$/.test(kept.protocol)) {
      const session = await page.context().newCDPSession(page);
      await session.send('Storage.clearDataForOrigin', { origin: kept.origin, storageTypes: 'all' });
      await session.detach();
    }
    await page.setViewportSize(options.viewport);
    await page.emulateMedia({ media: null, colorScheme: 'light' });
    // No line is under the pointer.
    await page.mouse.move(0, 0);
    complaints.length = 0;
  }

  return {
    async cleared() {
      if (opened === undefined || opened.isSpent) opened = await renewed();
      else
        await left(opened).catch(async () => {
          // The last test left a page that does not answer.
          opened = await renewed();
        });
      return opened;
    },
    async installClock() {
      if (opened === undefined) throw new Error('no page is open');
      opened.isSpent = true;
      await opened.page.clock.install();
    },
  };
}
