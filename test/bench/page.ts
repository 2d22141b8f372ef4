import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { chromium, type Page } from 'playwright-core';
import { createServer } from '../../api/server.ts';
import { silentLog } from '../../core/runtime/log.ts';
import { createMetrics } from '../../core/runtime/metrics.ts';
import { openStore } from '../../core/store/open.ts';
import { storeHand } from '../generate/store.ts';
import { longCall } from './load/long-call.ts';
import { percentile } from './measured.ts';

/**
 * How a call of many steps feels: it is stored by the real indexer, served by the real API, and opened and scrolled in a
 * real browser, with every event and log line shown.
 *
 *   node --max-semi-space-size=64 test/bench/page.ts [--steps 10000] [--opens 7]     (as `npm start` runs the server)
 *
 * A frame is the time between two callbacks of requestAnimationFrame while the wheel is turned. The same is measured of an
 * empty box of the same height in the place of the ladder: what the browser and the machine cost without any line. CPU of
 * the page's thread per turn of the wheel says what a line costs, also where other programs run beside.
 */

const { values } = parseArgs({
  options: { steps: { type: 'string', default: '10000' }, opens: { type: 'string', default: '7' } },
});
const STEPS = Number(values.steps);
const OPENS = Number(values.opens);
/** Pixels a frame: thirteen lines, so that a thousand pass in little more than a second. */
const PACE = 600;
const TARGET = { openMs: 1500, frameMs: 50 } as const;
const CALL_ID = 'long-call@192.0.2.1';
/** What the page says in its console. */
const DRAWN = 'first arrows after';
const SHOW_ALL = 'events=all&level=debug&fold=off&pause=0';
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const ms = (value: number): string => `${value.toFixed(0)} ms`;

/**
 * Runs in the page: says how long after a click on a link the first arrow was there and drawn. It looks when something was
 * added, and not at every frame, which would have the browser make frames.
 */
const WATCH = `
  addEventListener('click', () => {
    const clickedAt = performance.now();
    const watching = new MutationObserver(() => {
      if (document.querySelector('.ladder .arrow') === null) return;
      watching.disconnect();
      requestAnimationFrame(() => setTimeout(() => console.log('${DRAWN}', performance.now() - clickedAt)));
    });
    watching.observe(document, { childList: true, subtree: true });
  }, true);
`;

/** Runs in the page: notes every frame and every task that holds the page up for 50 ms. */
const COUNT_FRAMES = `(() => {
  const counted = { frames: [], long: 0, on: true };
  let last = performance.now();
  const frame = (now) => { counted.frames.push(now - last); last = now; if (counted.on) requestAnimationFrame(frame); };
  requestAnimationFrame((now) => { last = now; requestAnimationFrame(frame); });
  new PerformanceObserver((list) => { if (counted.on) counted.long += list.getEntries().length; }).observe({ type: 'longtask' });
  window.counted = counted;
})()`;

async function openTimes(page: Page, origin: string): Promise<number[]> {
  const times: number[] = [];
  for (let open = 0; open <= OPENS; open += 1) {
    await page.goto(`${origin}/?q=${encodeURIComponent(CALL_ID)}`);
    const link = page.locator('.calls tbody a').first();
    await link.waitFor();
    const drawn = page.waitForEvent('console', (message) => message.text().startsWith(DRAWN));
    await link.click();
    const [, ms] = (await drawn).args();
    // The first one is for the caches of the browser and of the compiler.
    if (open > 0) times.push((await ms?.jsonValue()) as number);
  }
  return times;
}

interface Scrolled {
  readonly frames: readonly number[];
  readonly longTasks: number;
  readonly rows: number;
  /** CPU ms of the page's main thread for each turn of the wheel. */
  readonly cpuMs: number;
}

/** Runs in the page: the ladder without its lines. */
const EMPTY = (pixels: number): string => `(() => {
  const box = document.querySelector('ladder-rows');
  const empty = document.createElement('div');
  empty.style.setProperty('height', '${pixels}px');
  box.replaceWith(empty);
})()`;

/** From the first step to the last one with the wheel, at a pace that no hand exceeds. */
async function scroll(page: Page, origin: string, empty = false): Promise<Scrolled> {
  await page.goto(`${origin}/calls/${encodeURIComponent(CALL_ID)}?${SHOW_ALL}`);
  const first = page.locator('ladder-rows .row').first();
  await first.waitFor();
  const rows = Number(await first.getAttribute('aria-setsize'));
  const height = rows * 44;
  if (empty) await page.evaluate(EMPTY(height));
  await page.locator('.ladder').scrollIntoViewIfNeeded();
  const box = await page.locator('.ladder').boundingBox();
  if (box === null) throw new Error('the ladder is not there');
  await page.mouse.move(box.x + box.width / 2, box.y + 300);
  await page.evaluate(COUNT_FRAMES);
  const cpu = await mainThreadMs(page);
  for (let turned = 0; turned < height; turned += PACE) {
    await page.mouse.wheel(0, PACE);
    await page.waitForTimeout(16);
  }
  if (!empty) await page.locator(`[aria-posinset="${rows}"]`).waitFor();
  const cpuMs = ((await cpu()) * PACE) / height;
  const { frames, long } = await page.evaluate<{ frames: number[]; long: number }>(
    '(window.counted.on = false, window.counted)',
  );
  return { frames, longTasks: long, rows, cpuMs };
}

/** Answers a function that says how many CPU ms the page's main thread has worked since. */
async function mainThreadMs(page: Page): Promise<() => Promise<number>> {
  const session = await page.context().newCDPSession(page);
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const taskMs = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1000;
  };
  const before = await taskMs();
  return async () => (await taskMs()) - before;
}

/** In whole ms: the browser's clock is coarser than a tenth of one, and three frames of a screen are 50.0 or 50.1. */
function line(what: string, measured: number, target: number): void {
  say(`${Math.round(measured) <= target ? 'ok  ' : 'MISS'} ${what}: ${ms(measured)} (target ${ms(target)})`);
}

const dir = mkdtempSync(join(tmpdir(), 'calltrail-page-'));
const pageDir = join(dir, 'page');
const vite = new URL('../../node_modules/.bin/vite', import.meta.url).pathname;
const web = new URL('../../web', import.meta.url).pathname;
await promisify(execFile)(vite, ['build', web, '--outDir', pageDir, '--emptyOutDir', '--logLevel', 'warn'], {
  env: { ...process.env, NODE_ENV: 'production' },
});
const store = await openStore({ kind: 'embedded', path: join(dir, 'data') }, silentLog);
await storeHand(store, longCall(CALL_ID, STEPS, (Date.now() - 3_600_000) * 1000));
const server = await createServer({
  ...{ store, metrics: createMetrics(), log: silentLog, sources: () => [], hosts: {} },
  ...{ unmask: () => undefined, guesses: false, version: 'bench', pageDir },
});
await server.listen({ host: '127.0.0.1', port: 0 });
const origin = `http://127.0.0.1:${(server.server.address() as AddressInfo).port}`;
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
try {
  const path = `/api/calls/${encodeURIComponent(CALL_ID)}/ladder`;
  for (const query of ['', '?raw=small']) {
    await (await fetch(origin + path + query)).text();
    const from = performance.now();
    const text = await (await fetch(origin + path + query)).text();
    const { steps, truncated } = JSON.parse(text) as { steps: unknown[]; truncated: boolean };
    const size = (text.length / 1e6).toFixed(1);
    say(
      `     ladder${query}: ${steps.length} steps, ${size} MB in ${ms(performance.now() - from)}${truncated ? ', TRUNCATED' : ''}`,
    );
  }
  const page = await browser.newPage({ viewport: { width: 1600, height: 1000 } });
  await page.addInitScript(WATCH);
  const opened = await openTimes(page, origin);
  line(
    `open a call of ${STEPS} steps, from click to first arrows, median of ${opened.length}`,
    percentile(opened, 50),
    TARGET.openMs,
  );
  line('the slowest of them', Math.max(...opened), TARGET.openMs);
  const { frames, longTasks, rows, cpuMs } = await scroll(page, origin);
  say(
    `     scrolled ${rows} lines in ${frames.length} frames; half of them took ${ms(percentile(frames, 50))} at most, 99 of 100 ${ms(percentile(frames, 99))}`,
  );
  line('the longest frame', Math.max(...frames), TARGET.frameMs);
  say(
    `     tasks of more than 50 ms: ${longTasks}; CPU of the page's thread a turn of the wheel: ${cpuMs.toFixed(1)} ms`,
  );
  const control = await scroll(page, origin, true);
  say(
    `     control, an empty box of that height: the longest frame ${ms(Math.max(...control.frames))}, 99 of 100 ${ms(percentile(control.frames, 99))}, ${control.cpuMs.toFixed(1)} ms CPU a turn`,
  );
} finally {
  await browser.close();
  await server.close();
  await store.close();
  rmSync(dir, { recursive: true, force: true });
}
