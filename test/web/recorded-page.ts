import { rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { chromium, type Page } from 'playwright-core';
import { openRecorded, type RecordedApi } from '../api/recorded.ts';
import { buildPage } from './built.ts';

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
      const complaints: string[] = [];
      const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, timezoneId: 'UTC' });
      page.setDefaultTimeout(patienceMs);
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('dialog', (dialog) => {
        complaints.push(`a script ran: ${dialog.message()}`);
        void dialog.dismiss();
      });
      page.on('request', (request) => {
        const asked = request.url();
        if (!asked.startsWith(origin) && !asked.startsWith('blob:')) complaints.push(`asked ${asked}`);
      });
      return { page, complaints };
    },
    ask: async <T>(path: string) => (await api.server.inject(path)).json<T>(),
    async close() {
      await browser.close();
      await api.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
