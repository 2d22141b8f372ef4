import { rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { chromium } from 'playwright-core';
import { openRecorded, type RecordedApi } from '../api/recorded.ts';
import { buildPage } from './built.ts';
import { type Tab, tabOf } from './tab.ts';

const PATIENCE_MS = 60_000;

/** Recorded calls behind the real API, with the page in a browser before it. */
export interface RecordedPage {
  readonly api: RecordedApi;
  readonly origin: string;
  /** The page of a test. */
  readonly tab: Tab;
  /** One beside it, which is for what is no page of the site. */
  readonly otherTab: Tab;
  /** What the API answers. */
  ask<T>(path: string): Promise<T>;
  close(): Promise<void>;
}

export async function openRecordedPage(recordings: readonly string[]): Promise<RecordedPage> {
  const directory = await buildPage();
  const api = await openRecorded(recordings, { pageDir: directory });
  await api.server.listen({ host: '127.0.0.1', port: 0 });
  const browser = await chromium.launch({
    executablePath: '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu'],
  });
  const origin = `http://127.0.0.1:${(api.server.server.address() as AddressInfo).port}`;
  const options = {
    ...{ viewport: { width: 1280, height: 900 }, timezoneId: 'UTC', patienceMs: PATIENCE_MS },
    isOwn: (address: string) => address.startsWith(origin) || address.startsWith('blob:'),
  };
  return {
    api,
    origin,
    tab: tabOf(browser, options),
    otherTab: tabOf(browser, options),
    ask: async <T>(path: string) => (await api.server.inject(path)).json<T>(),
    async close() {
      await browser.close();
      await api.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
