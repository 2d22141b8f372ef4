import { rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { chromium, type Page } from 'playwright-core';
import { openRecorded, type RecordedApi } from '../api/recorded.ts';
import { buildPage } from './built.ts';
import { complaintsOf } from './complaints.ts';

/** Recorded calls behind the real API, with the page in a browser before it. */
export interface RecordedPage {
  readonly api: RecordedApi;
  readonly origin: string;
  /** A page of its own; `complaints` is all that it complains of. */
  newPage(patienceMs: number): Promise<{ readonly page: Page; readonly complaints: string[] }>;
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
  return {
    api,
    origin,
    async newPage(patienceMs) {
      const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, timezoneId: 'UTC' });
      page.setDefaultTimeout(patienceMs);
      const isOwn = (address: string): boolean => address.startsWith(origin) || address.startsWith('blob:');
      return { page, complaints: complaintsOf(page, isOwn) };
    },
    ask: async <T>(path: string) => (await api.server.inject(path)).json<T>(),
    async close() {
      await browser.close();
      await api.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
