import type { Locator, Page } from 'playwright-core';
import type { Call, Ladder } from '../../api/schemas.ts';
import { callAddress } from '../../web/route.ts';
import { remembered } from '../remembered.ts';
import type { RecordedPage } from './recorded-page.ts';

/** What a reader of the documentation is shown of the page. */
export interface View {
  /** That of its picture, docs/pictures/NAME.png. */
  readonly name: string;
  readonly scheme: 'light' | 'dark';
  /** Pixels. */
  readonly height: number;
  /** Opens it in a window of its size, and waits until all of it is there. */
  open(page: Page, site: RecordedPage): Promise<void>;
}

/** The recordings of which the views tell. */
export const VIEWED = ['03-failures', '05-transfer-hold'] as const;

/** Pixels; so that each picture stays below 200 KB. */
export const VIEW_WIDTH = 1240;

export const VIEWS: readonly View[] = [
  {
    name: 'search',
    scheme: 'light',
    height: 720,
    async open(page, site) {
      const { from } = await largestCall(site, '05-transfer-hold');
      await page.goto(`${site.origin}/?q=${encodeURIComponent(from.number)}`);
      await page.locator('.calls tbody tr').first().waitFor();
    },
  },
  {
    name: 'call',
    scheme: 'light',
    height: 720,
    async open(page, site) {
      await openCall(page, site, (await brokenCall(site)).id);
      const summary = page.locator('.verdict-card summary').first();
      await summary.click();
    },
  },
  {
    name: 'ladder',
    scheme: 'light',
    height: 720,
    async open(page, site) {
      await openLadder(page, site, '');
    },
  },
  {
    name: 'detail',
    scheme: 'light',
    height: 600,
    async open(page, site) {
      const { id } = await largestCall(site, '05-transfer-hold');
      const { steps } = await site.ask<Ladder>(`/api/calls/${encodeURIComponent(id)}/ladder`);
      const answer = steps.find(({ status, method }) => status === 200 && method === 'INVITE');
      await openLadder(page, site, `step=${encodeURIComponent(answer?.id ?? '')}`);
      await page.locator('.step-detail .facts').waitFor();
    },
  },
  {
    name: 'ladder-dark',
    scheme: 'dark',
    height: 720,
    async open(page, site) {
      await openLadder(page, site, 'fold=off');
    },
  },
];

async function openLadder(page: Page, site: RecordedPage, query: string): Promise<void> {
  const { id } = await largestCall(site, '05-transfer-hold');
  await openCall(page, site, id, query);
  await page.locator('.ladder-pane').evaluate((pane) => pane.scrollIntoView({ block: 'start' }));
}

async function openCall(page: Page, site: RecordedPage, id: string, query = ''): Promise<void> {
  await page.goto(`${site.origin}${callAddress(id)}${query === '' ? '' : `?${query}`}`);
  await page.locator('ladder-rows .row').first().waitFor();
  await diagnosisIn(page.locator('.diagnosis')).waitFor();
}

/** What is told of a diagnosis within a part of the page, once it is made: the ladder is there before. */
export const diagnosisIn = (part: Locator): Locator =>
  part.locator('.verdict-card, p.muted').filter({ hasNotText: 'Looking at the evidence' }).first();

/** By site and recording: each of them asks for every call of its recording. */
const largestOf = remembered((site: RecordedPage) => remembered((recording: string) => findLargest(site, recording)));

/** The call of a recording with the most legs, the first of them. */
export const largestCall = (site: RecordedPage, recording: string): Promise<Call> => largestOf(site)(recording);

async function findLargest(site: RecordedPage, recording: string): Promise<Call> {
  let most: Call | undefined;
  const known = new Set<string>();
  for (const id of site.api.callIds[recording] ?? []) {
    if (known.has(id)) continue;
    const call = await site.ask<Call>(`/api/calls/${encodeURIComponent(id)}`);
    for (const own of call.callIds) known.add(own);
    if (call.legs.length > (most?.legs.length ?? 0)) most = call;
  }
  if (most === undefined) throw new Error(`${recording} has no call`);
  return most;
}

/** The first recorded call with a verdict that says what is broken. */
async function brokenCall(site: RecordedPage): Promise<Call> {
  for (const id of site.api.callIds['03-failures'] ?? []) {
    const key = `/api/calls/${encodeURIComponent(id)}`;
    const { verdicts } = await site.ask<{ verdicts: { cause: string }[] }>(`${key}/diagnosis`);
    if (verdicts.some(({ cause }) => cause !== 'normal')) return site.ask<Call>(key);
  }
  throw new Error('no recorded call is broken');
}
