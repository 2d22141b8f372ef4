import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { complaintsOf } from './complaints.ts';

/** One page at a time for the tests of a file. */
export interface Tab {
  /**
   * A new page, with nothing kept and nobody's complaints; the one before is closed. One page for all of them would cost less,
   * but a page that has been left and loaded again stops drawing now and then.
   */
  renewed(): Promise<{ readonly page: Page; readonly complaints: readonly string[] }>;
}

interface TabOptions extends BrowserContextOptions {
  readonly patienceMs: number;
  /** Whether an address is the site's. */
  isOwn(address: string): boolean;
}

/** The last page closes with the browser. */
export function tabOf(browser: Browser, { patienceMs, isOwn, ...options }: TabOptions): Tab {
  let opened: Page | undefined;
  return {
    async renewed() {
      await opened?.context().close();
      const page = await browser.newPage(options);
      opened = page;
      page.setDefaultTimeout(patienceMs);
      return { page, complaints: complaintsOf(page, isOwn) };
    },
  };
}
