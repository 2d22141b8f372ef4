import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Diagnosis } from '../../api/diagnosis-schemas.ts';
import type { Ladder } from '../../api/schemas.ts';
import { callAddress } from '../../web/route.ts';
import { needs } from '../system/needs.ts';
import { openRecordedPage, type RecordedPage } from './recorded-page.ts';
import { diagnosisIn } from './views.ts';

const RECORDINGS = ['01-basic', '03-failures', '05-transfer-hold', '10-missing-ack'] as const;

interface Styled {
  getComputedStyle(element: unknown): { readonly clipPath: string };
}

const clipOf = (locator: Locator): Promise<string> =>
  locator.evaluate((element) => (globalThis as unknown as Styled).getComputedStyle(element).clipPath);

needs('chromium')('why a recorded call went so, in a browser', { timeout: 300_000 }, () => {
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
  const why = () => page.getByRole('region', { name: 'Why', exact: true });
  const story = () => page.getByRole('region', { name: 'Story' });
  const wordsOf = async (locator: Locator): Promise<string> =>
    ((await locator.textContent()) ?? '').replace(/\s+/g, ' ');

  async function open(callId: string): Promise<void> {
    await page.goto(`${site.origin}${callAddress(callId)}`);
    await page.locator('ladder-rows .row').first().waitFor();
    await diagnosisIn(why()).waitFor();
  }

  /** The first call of a recording whose diagnosis is such, with both answers of the API. */
  async function callWith(recording: string, wanted: (diagnosis: Diagnosis) => boolean) {
    for (const id of site.api.callIds[recording] ?? []) {
      const key = `/api/calls/${encodeURIComponent(id)}`;
      const diagnosis = await ask<Diagnosis>(`${key}/diagnosis`);
      if (wanted(diagnosis)) return { id, diagnosis, ladder: await ask<Ladder>(`${key}/ladder`) };
    }
    throw new Error(`${recording} has no such call`);
  }

  const first =
    (id: string) =>
    ({ verdicts }: Diagnosis): boolean =>
      verdicts[0]?.id === id;

  test.each([
    ['03-failures', 'busy', 'nothing is broken'],
    ['10-missing-ack', 'missing_ack', 'signalling'],
  ])(
    '%s: %s is said with its class, and each row that proves it is a step one can go to',
    async (recording, id, word) => {
      const { id: key, diagnosis, ladder } = await callWith(recording, first(id));
      const [verdict] = diagnosis.verdicts;
      if (verdict === undefined) throw new Error('no verdict');
      await open(key);
      const card = why().locator('.verdict-card').first();
      expect(await wordsOf(card)).toContain(verdict.sentence);
      expect(await wordsOf(card)).toContain(word);
      expect(await wordsOf(card)).toContain(verdict.next);
      await card.locator('summary').click();
      for (const words of [...verdict.checked, verdict.refutedBy]) expect(await wordsOf(card)).toContain(words);

      const steps = new Set(ladder.steps.map((step) => step.id));
      const cited = verdict.evidence.filter((row) => steps.has(row.id));
      expect(cited.length).toBeGreaterThan(0);
      const links = card.locator('.proofs a');
      expect(await links.count()).toBe(cited.length);
      for (const [index, row] of cited.entries()) {
        await links.nth(index).focus();
        await page.keyboard.press('Enter');
        await expect.poll(() => new URL(page.url()).searchParams.get('step')).toBe(row.id);
        const opened = page.locator(`ladder-rows .row[data-step="${row.id}"]`);
        await opened.waitFor();
        expect(await opened.getAttribute('aria-selected')).toBe('true');
        expect(await opened.getAttribute('aria-label')).toContain('evidence of the diagnosis');
      }
      expect(complaints).toEqual([]);
    },
  );

  test('an answered call that nothing is wrong with has one line instead of verdicts', async () => {
    const { id } = await callWith('01-basic', ({ verdicts }) => verdicts.length === 0);
    await open(id);
    expect(await wordsOf(why())).toMatch(/^ ?Why Nothing in what was seen points to a fault\. ?$/);
    expect(complaints).toEqual([]);
  });

  test('a call with a hold is a story of bars, each said in words and leading to its leg', async () => {
    const { id } = await callWith('05-transfer-hold', () => true);
    await open(id);
    const legs = story().getByRole('listitem');
    expect(await legs.count()).toBeGreaterThan(1);
    expect(await wordsOf(story())).toMatch(/talks for [^,]+, is on hold for /);
    expect(await wordsOf(story())).toMatch(/dialled by leg A/);
    expect(await story().locator('li .phase-held').count()).toBeGreaterThan(0);
    // Bars stand within the chart, and those of one leg one behind the other.
    const track = await legs.first().locator('.story-track').boundingBox();
    const boxes = await Promise.all((await legs.first().locator('.phase').all()).map((phase) => phase.boundingBox()));
    let right = track!.x;
    for (const box of boxes) {
      expect(box!.x).toBeGreaterThanOrEqual(right - 4);
      right = box!.x + box!.width;
    }
    expect(right).toBeLessThanOrEqual(track!.x + track!.width + 4);
    // Words are seen when a leg has the focus.
    const [words, link] = [legs.first().locator('.story-words'), legs.first().getByRole('link')];
    expect(await clipOf(words)).not.toBe('none');
    await link.focus();
    expect(await clipOf(words)).toBe('none');
    await page.keyboard.press('Enter');
    await page.locator('ladder-rows .row.open').waitFor();
    expect(complaints).toEqual([]);
  });
});
