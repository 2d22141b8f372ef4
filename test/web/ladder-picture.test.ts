import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { drawNotice } from '../../api/ladder/svg/notice.ts';
import type { Ladder } from '../../api/schemas.ts';
import { drawAtOnce, drawnCall, HOSTILE, lanes, OPTIONS, step, wholeLadder } from '../api/ladder/drawing.ts';
import { needs } from '../system/needs.ts';

const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];
const BLANK = 'about:blank';

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly text: string;
  /** The box of the lane head or badge that the text is in. */
  readonly within: Omit<Box, 'text' | 'within'> | null;
}

/** A ladder whose texts are all hostile, between lanes that are close to each other. */
const hostile: Ladder = {
  lanes: lanes(...HOSTILE.map((text) => text.slice(0, 300))),
  steps: HOSTILE.flatMap((text, i) =>
    (['message', 'event', 'log', 'gap'] as const).map((kind, k) =>
      step({
        id: `${i}-${kind}`,
        kind,
        title: text,
        detail: text,
        flaw: k === 0 ? text : '',
        callId: text,
        from: 'abcdefghij'[i % 10]!,
        to: kind === 'message' ? 'abcdefghij'[(i * 3 + 1) % 10]! : null,
        status: i % 2 === 0 ? 503 : 200,
      }),
    ),
  ),
  media: [],
  truncated: true,
};

needs('chromium')('the picture of a ladder in a browser', () => {
  let browser: Browser;
  /** One for all pictures: the processes that a page of its own takes cost more than the picture. */
  let page: Page;
  let served = '';
  const complaints: string[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', headless: true, args: FLAGS });
    page = await browser.newPage();
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('dialog', (dialog) => {
      complaints.push(`a script ran: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('request', (request) => {
      const asked = request.url();
      if (asked !== BLANK && !asked.endsWith('/ladder.svg') && !asked.endsWith('/favicon.ico'))
        complaints.push(`asked ${asked}`);
    });
    await page.route('http://picture.test/**', (route) =>
      route.request().url().endsWith('/ladder.svg')
        ? route.fulfill({ contentType: 'image/svg+xml; charset=utf-8', body: served })
        : route.abort(),
    );
  });
  afterAll(async () => {
    await browser?.close();
  });
  beforeEach(() => blank());

  /** Leaves what was open, with all that was complained of it. */
  async function blank(scheme: 'light' | 'dark' = 'light'): Promise<void> {
    await page.goto(BLANK);
    await page.emulateMedia({ colorScheme: scheme });
    complaints.length = 0;
  }

  /** Opens the picture as a document of its own, as XML; what the browser complains of is `complaints`. */
  async function open(svg: string, width: number): Promise<void> {
    served = svg;
    await page.setViewportSize({ width, height: 800 });
    await page.goto('http://picture.test/ladder.svg');
  }

  const boxes = (): Promise<Box[]> =>
    page.locator('text').evaluateAll((texts) => {
      type Drawn = (typeof texts)[number];
      const { scrollX, scrollY } = texts[0]!.ownerDocument.defaultView!;
      const box = (element: Drawn) => {
        const { left, right, top, bottom } = element.getBoundingClientRect();
        return { left: left + scrollX, right: right + scrollX, top: top + scrollY, bottom: bottom + scrollY };
      };
      return texts.map((text) => {
        const rect = text.parentElement?.querySelector(':scope > rect.head, :scope > rect[rx="4"]') as Drawn | null;
        return { ...box(text), text: text.textContent ?? '', within: rect === null ? null : box(rect) };
      });
    });

  describe.each([400, 1100, 1600])('%i pixels wide', (width) => {
    test.each(['light', 'dark'] as const)('%s: no text leaves its place or meets another', async (theme) => {
      for (const ladder of [wholeLadder, hostile]) {
        await open(drawAtOnce(drawnCall, ladder, { ...OPTIONS, width, theme }), width);
        expect(await page.locator('xpath=/*').evaluate((root) => root.nodeName)).toBe('svg');
        const texts = await boxes();
        expect(texts.length).toBeGreaterThan(20);
        for (const { left, right, text, within } of texts) {
          expect(left, text).toBeGreaterThanOrEqual(0);
          expect(right, text).toBeLessThanOrEqual(width);
          if (within === null) continue;
          expect(left, text).toBeGreaterThanOrEqual(within.left - 0.5);
          expect(right, text).toBeLessThanOrEqual(within.right + 0.5);
        }
        expect(meeting(texts)).toEqual([]);
        expect(complaints).toEqual([]);
        await blank();
      }
    });
  });

  test('has an arrow for each message between two hosts', async () => {
    await open(drawAtOnce(drawnCall, wholeLadder, OPTIONS), 1100);
    const drawn = await page.locator('g.message line').count();
    const again = wholeLadder.steps.filter(({ retransmission }) => retransmission).length;
    const arrows = wholeLadder.steps.filter(({ kind, from, to }) => kind === 'message' && from !== to).length;
    expect(drawn + again).toBe(arrows);
  });

  test('is shown in an <img>, in the colour scheme of the page around it when it is to follow that', async () => {
    const picture = Buffer.from(drawAtOnce(drawnCall, wholeLadder, { ...OPTIONS, theme: 'auto' })).toString('base64');
    const ground = async (scheme: 'light' | 'dark') => {
      await blank(scheme === 'dark' ? 'light' : 'dark');
      await page.setContent(
        `<html style="color-scheme:${scheme}"><body><img src="data:image/svg+xml;base64,${picture}"></body></html>`,
      );
      const size = await page.locator('img').evaluate(async (image) => {
        await image.decode();
        return [image.naturalWidth, image.naturalHeight > 100];
      });
      expect(size).toEqual([1100, true]);
      const shot = (await page.locator('img').screenshot({ type: 'png' })).toString('base64');
      const pixel = await page.locator('img').evaluate(async (image, data) => {
        image.src = `data:image/png;base64,${data}`;
        await image.decode();
        const context = image.ownerDocument.createElement('canvas').getContext('2d')!;
        context.drawImage(image, 0, 0);
        return [...context.getImageData(2, 2, 1, 1).data];
      }, shot);
      return pixel;
    };
    expect(await ground('light')).toEqual([255, 255, 255, 255]);
    expect(await ground('dark')).toEqual([0x18, 0x1b, 0x1f, 255]);
  });

  test('of an error shows the whole sentence', async () => {
    const sentence = `Nothing is stored under "${'x'.repeat(180)}". It must be a SIP Call-ID or a channel UUID.`;
    await open(drawNotice(sentence, { width: 400, theme: 'light' }), 400);
    const texts = await boxes();
    const shown = texts.slice(1).map(({ text }) => text);
    expect(shown.join('').replaceAll(' ', '')).toBe(sentence.replaceAll(' ', ''));
    for (const { right } of texts) expect(right).toBeLessThanOrEqual(400);
    expect(meeting(texts)).toEqual([]);
  });
});

/** Pairs of texts that are drawn over each other. Boxes hold the room above and below letters, which may touch. */
function meeting(texts: readonly Box[]): string[] {
  const ROOM = 4;
  const found: string[] = [];
  for (const [i, a] of texts.entries()) {
    for (const b of texts.slice(i + 1)) {
      const apart = a.right <= b.left || b.right <= a.left || a.bottom - ROOM <= b.top || b.bottom - ROOM <= a.top;
      if (!apart) found.push(`${a.text} | ${b.text}`);
    }
  }
  return found;
}
