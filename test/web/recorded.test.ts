import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Ladder } from '../../api/schemas.ts';
import { pairsOf } from '../../core/ladder/pairs.ts';
import { callAddress } from '../../web/route.ts';
import { remembered } from '../remembered.ts';
import { needs } from '../system/needs.ts';
import { hostileTests } from './hostile.ts';
import { openRecordedPage, type RecordedPage } from './recorded-page.ts';
import { shownTests } from './shown.ts';
import { largestCall } from './views.ts';

const RECORDINGS = [
  '03-failures',
  '04-failover-fork',
  '05-transfer-hold',
  '07-queue',
  '09-tandem',
  '11-crash-recover',
  '15-refer-replaces',
] as const;
/** Everything, each on a line of its own but for retransmissions. */
const WHOLE = 'events=all&level=debug&fold=off';

/** Runs in the page: every line of the ladder, each as it comes into sight; the list is moved on by what is seen of it. */
const READ_LINES = `(async () => {
  const ladder = document.querySelector('.ladder');
  const found = new Map();
  const drawn = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  ladder.scrollTop = 0;
  for (;;) {
    await drawn();
    for (const row of ladder.querySelectorAll('ladder-rows .row'))
      found.set(row.dataset.index, { id: row.dataset.step, sent: row.querySelector('.sent')?.textContent ?? '' });
    const before = ladder.scrollTop;
    ladder.scrollTop += ladder.clientHeight;
    if (ladder.scrollTop === before) return [...found.values()];
  }
})()`;

needs('chromium')('the ladder of a recorded call in a browser', { timeout: 300_000 }, () => {
  let site: RecordedPage;
  let page: Page;
  let complaints: readonly string[];

  beforeAll(async () => {
    site = await openRecordedPage(RECORDINGS);
  }, 300_000);

  afterAll(() => site?.close());

  beforeEach(async () => {
    ({ page, complaints } = await site.tab.renewed());
  });

  const ask = <T>(path: string): Promise<T> => site.ask<T>(path);
  const rows = () => page.locator('ladder-rows .row');
  const list = () => page.getByRole('listbox', { name: 'Steps of the call' });
  const status = async (): Promise<string> => (await page.locator('.toolbar [role=status]').textContent()) ?? '';

  async function open(callId: string, query = ''): Promise<void> {
    await page.goto(`${site.origin}${callAddress(callId)}${query === '' ? '' : `?${query}`}`);
    await rows().first().waitFor();
  }

  /** The call of a recording with the most legs, the first of them, and all that the API says of it. */
  const callOf = remembered(async (recording: string) => {
    const call = await largestCall(site, recording);
    return { call, ladder: await ask<Ladder>(`/api/calls/${encodeURIComponent(call.id)}/ladder`) };
  });

  /** Ids of the steps that have a line, and how many more are counted on these; read by scrolling from top to bottom. */
  async function readLines(): Promise<{ ids: string[]; counted: number }> {
    const all = await page.evaluate<{ id: string | undefined; sent: string }[]>(READ_LINES);
    const times = all.map(({ sent }) => Number(/sent (\d+) times/.exec(sent)?.[1] ?? 1) - 1);
    return { ids: all.flatMap(({ id }) => id ?? []), counted: times.reduce((sum, one) => sum + one, 0) };
  }

  test.each(RECORDINGS)(
    '%s: every message, event and log line that is stored is there once, or counted',
    async (name) => {
      const { call, ladder } = await callOf(name);
      await open(call.id, WHOLE);
      const { ids, counted } = await readLines();
      expect(new Set(ids).size).toBe(ids.length);
      const known = new Set(ladder.steps.map(({ id }) => id));
      expect(ids.filter((id) => !known.has(id))).toEqual([]);
      expect(ids.length + counted).toBe(ladder.steps.length);

      const stored = async (sql: string) =>
        (await site.api.store.select<{ key: string }>(sql, { callIds: call.callIds, channels: call.channelUuids })).map(
          ({ key }) => key,
        );
      const own = new Set(ids);
      const events = await stored(
        'SELECT DISTINCT lower(hex(id)) AS key FROM events WHERE channel IN {channels:Array(String)}',
      );
      const logs = await stored(
        'SELECT DISTINCT lower(hex(id)) AS key FROM logs WHERE channel IN {channels:Array(String)}',
      );
      expect([...events, ...logs].filter((id) => !own.has(id))).toEqual([]);
      expect(events.length).toBeGreaterThan(0);
      expect(logs.length).toBeGreaterThan(0);
      // Each row of a sensor is a witness of exactly one step.
      const messages = await stored(
        'SELECT DISTINCT concat(lower(hex(id)), toString(at)) AS key FROM messages WHERE call_id IN {callIds:Array(String)}',
      );
      const witnesses = ladder.steps
        .filter(({ kind }) => kind === 'message')
        .reduce((sum, { seenBy }) => sum + seenBy.length, 0);
      expect(witnesses).toBe(messages.length);
      expect(complaints).toEqual([]);
    },
  );

  test('what is hidden and folded is counted, so that nothing is missing without a word', async () => {
    const { call, ladder } = await callOf('05-transfer-hold');
    for (const query of [
      '',
      'events=all&level=debug',
      'sip=off&without=BYE',
      'text=invite',
      'without-legs=A',
      'hide=127.0.0.10',
    ]) {
      await open(call.id, query);
      const [shown, ...others] = (await status()).match(/\d+(?= (?:of|[a-zA-Z])|$)/g)?.map(Number) ?? [];
      const all = others.shift();
      expect(all, query).toBe(ladder.steps.length);
      expect((shown ?? 0) + others.reduce((sum, one) => sum + one, 0), query).toBe(all);
    }
    expect(complaints).toEqual([]);
  });

  test('runs of log lines are unfolded and folded again by a key', async () => {
    const { call } = await callOf('07-queue');
    await open(call.id, 'events=all&level=debug');
    const run = page.locator('.row-run').first();
    const lines = Number(await run.getAttribute('aria-setsize'));
    const members = Number(/(\d+) log lines/.exec((await run.getAttribute('aria-label')) ?? '')?.[1]);
    await list().focus();
    for (let at = Number(await run.getAttribute('data-index')); at > 0; at -= 1) await page.keyboard.press('ArrowDown');
    await page.keyboard.press('x');
    await expect
      .poll(async () => Number(await rows().first().getAttribute('aria-setsize')))
      .toBeGreaterThanOrEqual(lines + members);
    await page.keyboard.press('x');
    await expect.poll(async () => Number(await rows().first().getAttribute('aria-setsize'))).toBe(lines);
    expect(complaints).toEqual([]);
  });

  test('lanes are moved and hidden by keys, and the address keeps it', async () => {
    const { call, ladder } = await callOf('09-tandem');
    const names = () => page.locator('.lane-name b').allTextContents();
    await open(call.id);
    const before = ladder.lanes.map(({ name }) => name);
    expect(await names()).toEqual(before);
    const [first, second, ...others] = before;
    await page.locator('.lane-name').first().focus();
    await page.keyboard.press('ArrowRight');
    await expect.poll(names).toEqual([second, first, ...others]);
    await expect.poll(() => page.evaluate('document.activeElement.dataset.lane')).toBe('1');
    await page.keyboard.press('Delete');
    await expect.poll(names).toEqual([second, ...others]);
    await expect.poll(() => page.url()).toContain('hide=');
    await page.reload();
    await rows().first().waitFor();
    expect(await names()).toEqual([second, ...others]);
    await page.getByRole('button', { name: 'Lanes as they were' }).click();
    await expect.poll(names).toEqual(before);
    expect(complaints).toEqual([]);
  });

  test('methods and legs are switched off and on, and what that hides is said', async () => {
    const { call } = await callOf('05-transfer-hold');
    await open(call.id);
    const shown = async (): Promise<number> => Number.parseInt(await status(), 10);
    const all = await shown();
    await page.getByRole('button', { name: /^BYE, / }).click();
    await expect.poll(status).toMatch(/\d+ by method/);
    expect(await shown()).toBeLessThan(all);
    expect(new URL(page.url()).searchParams.get('without')).toBe('BYE');
    await page.getByRole('button', { name: /^BYE, / }).click();
    await page.getByRole('button', { name: /^Leg A, / }).click();
    await expect.poll(status).toMatch(/\d+ by leg/);
    await page.getByLabel('Only steps with this text').fill('CHANNEL_BRIDGE');
    await expect.poll(async () => (await status()).includes('by text')).toBe(true);
    expect(complaints).toEqual([]);
  });

  test('the story of a transfer and of a queue stands between the steps', async () => {
    const story = async (recording: string): Promise<string> => {
      const { call } = await callOf(recording);
      await page.setViewportSize({ width: 1280, height: 6000 });
      await open(call.id);
      return (await page.locator('.row-milestone').allTextContents())
        .map((text) => text.trim().replace(/\s+/g, ' '))
        .join('\n');
    };
    const transfer = await story('05-transfer-hold');
    for (const words of ['is answered', 'is connected with', 'asks for a transfer to', 'ends: NORMAL_CLEARING']) {
      expect(transfer).toContain(words);
    }
    const queue = await story('07-queue');
    for (const words of ['waits in queue sales', 'is connected with an agent of queue sales'])
      expect(queue).toContain(words);
    expect(complaints).toEqual([]);
  });

  test('keys jump to the first failure, and to the next pause', async () => {
    const { call } = await callOf('03-failures');
    await open(call.id, 'pause=0.5');
    await list().focus();
    await page.keyboard.press('f');
    await expect.poll(() => page.locator('.row.active .refused').count()).toBe(1);
    const talked = await callOf('05-transfer-hold');
    await open(talked.call.id, 'pause=0.5');
    await list().focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('g');
    await expect.poll(() => page.locator('.row.active.row-pause').count()).toBe(1);
    await page.keyboard.press('Home');
    await page.keyboard.press('m');
    await expect.poll(() => page.locator('.row.active.row-milestone').count()).toBe(1);
    expect(complaints).toEqual([]);
  });

  test('what a B2BUA changed between its legs is shown by keys alone, and a link keeps it', async () => {
    const { call, ladder } = await callOf('05-transfer-hold');
    const [invite, pair] = ladder.steps
      .filter(({ method, status }) => method === 'INVITE' && status === null)
      .map((step) => [step, pairsOf(step, ladder.steps)[0]] as const)
      .find(([step, first]) => first?.reason === 'sent_on' && first.step.callId !== step.callId)!;
    await open(call.id, `step=${invite.id}`);
    const message = page.getByRole('region', { name: 'Message', exact: true });
    await message
      .getByRole('listitem')
      .filter({ hasText: /^audio at .*PCM/ })
      .waitFor();
    expect(await message.locator('.message-headers .name').allTextContents()).toContain('Call-ID:');
    const via = message.locator('details', { hasText: 'Via:' });
    expect(await via.locator('.values').isVisible()).toBe(false);
    await message.getByRole('button', { name: 'Unfold all headers' }).press('Enter');
    expect(await via.locator('.values .parameter', { hasText: /^branch=/ }).count()).toBeGreaterThan(1);
    expect(await via.locator('.values').isVisible()).toBe(true);
    const compared = page.getByRole('region', { name: 'Comparison' });
    await compared.getByRole('button', { name: /^Compare with INVITE of leg/ }).press('Enter');
    await compared.getByText('What differs').waitFor();
    const changed = (await compared.locator('.difference:not(.same)').allTextContents()).join('\n');
    expect(changed).toContain(`removed: ${invite.callId}`);
    expect(changed).toContain(`added: ${pair?.step.callId}`);
    expect(changed).toMatch(/m=.*removed: /);
    expect(await compared.locator('del').count()).toBeGreaterThan(3);
    await expect.poll(() => new URL(page.url()).searchParams.get('with')).toBe(pair?.step.id);
    await page.reload();
    await compared.getByText('What differs').waitFor();
    await compared.getByRole('button', { name: 'End the comparison' }).press('Enter');
    await expect.poll(() => new URL(page.url()).searchParams.has('with')).toBe(false);
    // Any other two: one is kept, and the next one that is opened is compared with it.
    await compared.getByRole('button', { name: 'Compare with any step' }).press('Enter');
    await list().focus();
    await page.keyboard.press('End');
    await expect.poll(() => compared.getByText('What differs').count()).toBe(1);
    expect(complaints).toEqual([]);
  });

  test('a call is taken along as one file that needs no server, with and without numbers', async () => {
    const { call, ladder } = await callOf('05-transfer-hold');
    await open(call.id);
    await page.locator('.take-along > summary').press('Enter');
    const link = page.getByRole('region', { name: 'Link to this call' });
    expect(await link.textContent()).toBe(`${site.origin}${callAddress(call.id)}`);
    const directory = await mkdtemp(join(tmpdir(), 'calltrail-taken-'));
    const texts: string[] = [];
    for (const file of ['clear.html', 'masked.html']) {
      if (file === 'masked.html') await page.getByLabel('Without numbers and names').check();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'Whole page' }).press('Enter'),
      ]);
      await download.saveAs(join(directory, file));
      const taken = await site.otherTab.renewed();
      await taken.page.goto(`file://${join(directory, file)}`);
      expect(await taken.page.locator('.steps > li').count()).toBe(ladder.steps.length);
      for (const name of ['Why', 'Story', 'Legs', 'Ladder', 'Steps'])
        expect(await taken.page.getByRole('heading', { level: 2, name, exact: true }).count()).toBe(1);
      texts.push((await taken.page.locator('body').textContent()) ?? '');
      // Nothing else than the file itself, which is not of the site.
      expect(taken.complaints).toEqual([`asked file://${join(directory, file)}`]);
    }
    await rm(directory, { recursive: true });
    expect(texts[0]).toContain(call.from.number);
    expect(texts[1]).not.toContain(call.from.number.replace(/^\+/, ''));
    expect(complaints).toEqual([]);
  });

  test('a printer gets every line', async () => {
    const { call } = await callOf('15-refer-replaces');
    await open(call.id, WHOLE);
    const lines = Number(await rows().first().getAttribute('aria-setsize'));
    expect(await rows().count()).toBeLessThan(lines);
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    expect(await rows().count()).toBe(lines);
    await page.evaluate("dispatchEvent(new Event('afterprint'))");
    expect(await rows().count()).toBeLessThan(lines);
    expect(complaints).toEqual([]);
  });
  shownTests(() => site);
  hostileTests(() => site);
});
