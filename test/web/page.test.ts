import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type ExportedCall, pageOf } from '../../api/export/page/document.ts';
import { callAddress, callApi, encodeKey } from '../../web/route.ts';
import { needs } from '../system/needs.ts';
import { buildPage } from './built.ts';
import { call, diagnosis, health, ladder, longLadder, searchAnswer, stepDetail } from './fixtures.ts';
import { type ServedPage, servePage } from './serve.ts';
import { type Tab, tabOf } from './tab.ts';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A condition that has not come true by then fails the test; long enough for a busy machine. */
const PATIENCE_MS = 15_000;

needs('chromium')('the page in a browser', () => {
  let directory: string;
  let served: ServedPage;
  let browser: Browser;
  let tab: Tab;
  let page: Page;
  /** Everything the browser complains of: errors, refused policies, scripts that ran, requests to other hosts. */
  let complaints: readonly string[];

  beforeAll(async () => {
    directory = await buildPage();
    served = await servePage(directory);
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', headless: true, args: FLAGS });
    tab = tabOf(browser, {
      ...{ viewport: { width: 1280, height: 900 }, timezoneId: 'Europe/Berlin', patienceMs: PATIENCE_MS },
      isOwn: (address) => address.startsWith(served.origin),
    });
  });

  afterAll(async () => {
    await browser?.close();
    await served?.close();
    await rm(directory, { recursive: true, force: true });
  });

  beforeEach(async () => {
    ({ page, complaints } = await tab.renewed());
    served.asked.length = 0;
    served.held.clear();
    served.answers.clear();
    served.answers.set('/healthz', health);
    served.answers.set('/api/search', searchAnswer);
    served.answers.set('/api/names', {
      nodes: ['fs1', 'hep 9'],
      trunks: ['carrier <b>', 'other carrier'],
      tenants: [],
    });
    served.answers.set(callApi(call.id), call);
    served.answers.set(callApi(call.id, '/ladder'), ladder);
    served.answers.set(callApi(call.id, '/diagnosis'), diagnosis);
    served.answers.set(callApi(call.id, `/steps/${encodeKey(stepDetail.id)}`), stepDetail);
  });

  const open = (address: string) => page.goto(served.origin + address);
  const rows = () => page.getByRole('listbox', { name: 'Steps of the call' }).getByRole('option');
  const row = (text: string) => rows().filter({ hasText: text });
  const detail = () => page.getByRole('complementary', { name: 'Opened step' });

  test('shows what came in and what became of it, and says when it does not add up', async () => {
    const stage = {
      name: 'journal',
      in: 12_345,
      passed: 12_340,
      waiting: 3,
      lost: [{ reason: 'full', count: 2 }],
      difference: 0,
    };
    const ledger = {
      ...{ balances: true, network: { lost: [] }, lagMessages: null, tables: [{ table: 'messages', rows: 12_340 }] },
      sources: [
        { name: 'hep-udp', received: [{ kind: 'sip', count: 9 }], rejected: [{ reason: '<b>no_key</b>', count: 1 }] },
      ],
      stages: [stage],
    };
    served.answers.set('/api/ledger', ledger);
    await open('/');
    await page.getByRole('link', { name: 'Ledger' }).click();
    await page.getByRole('heading', { level: 1, name: 'Ledger' }).waitFor();
    expect(new URL(page.url()).pathname).toBe('/ledger');
    await page.getByRole('status').getByText('It adds up; 2 were lost.').waitFor();
    const row = page.getByRole('row', { name: 'journal' });
    expect((await row.getByRole('cell').allTextContents()).map((text) => text.trim())).toEqual([
      '12 345',
      '12 340',
      '3',
      '2 full',
      '✓',
    ]);
    await page.getByText('<b>no_key</b>').waitFor();
    served.answers.set('/api/ledger', { ...ledger, balances: false, stages: [{ ...stage, difference: 7 }] });
    await page.reload();
    await page.getByRole('status').getByText('It does not add up').waitFor();
    await row.getByText('7 are missing').waitFor();
    expect(complaints).toEqual([]);
  });

  test('tells what a switch lacks, why it matters and what to paste', async () => {
    const finding = { of: 'fs1<b>', software: 'FreeSWITCH', state: 'missing', saw: '0 of 9 legs' };
    const remedies = [{ system: 'FreeSWITCH', file: 'sofia.conf.xml', lines: '<param name="x" value="y"/>' }];
    const check = { weight: 'needed', why: 'Else two calls are one.' };
    served.answers.set('/api/doctor', {
      ...{ calls: 9, packets: 90, events: 80, lines: 70, quiet: ['hep 7'] },
      checks: [
        { ...check, id: 'a', title: 'All is well', findings: [{ ...finding, state: 'fine', remedies: [] }] },
        { ...check, id: 'b', title: 'Its own id', findings: [1, 2].map(() => ({ ...finding, remedies })) },
      ],
    });
    await open('/');
    await page.getByRole('link', { name: 'Doctor' }).click();
    await page.getByRole('status').getByText('2 are missing.').waitFor();
    expect(new URL(page.url()).pathname).toBe('/doctor');
    // What is missing stands first, and lines that two boxes lack stand once.
    expect(await page.getByRole('heading', { level: 2 }).allTextContents()).toEqual(['Its own id ', 'All is well ']);
    const missing = page.getByRole('region', { name: 'Its own id' });
    await missing.getByText('Else two calls are one.').waitFor();
    expect(await missing.getByRole('region', { name: 'Lines for FreeSWITCH' }).allTextContents()).toEqual([
      '<param name="x" value="y"/>',
    ]);
    expect(await missing.getByRole('listitem').count()).toBe(2);
    await page.getByText('Heard within a day, and in none of them: hep 7.').waitFor();
    expect(complaints).toEqual([]);
  });

  test('sets a call beside the nearest good one and shows where they part', async () => {
    const [good] = searchAnswer.calls;
    if (good === undefined) throw new Error('the list has a call');
    const step = { id: '1', kind: 'message', at: '', title: 'INVITE', where: 'hop 1 →', times: 1, sinceMs: 0 };
    const sides = { left: step, right: step };
    served.answers.set(callApi(call.id, '/nearest-good'), {
      call: good,
      trunk: 'gw-a',
      numberClass: '+49301',
      looked: 3,
    });
    served.answers.set(callApi(call.id, `/compare/${encodeKey(good.id)}`), {
      left: { call: { ...good, id: call.id }, verdicts: [{ id: 'busy', sentence: 'The <i>phone</i> was busy.' }] },
      right: { call: good, verdicts: [] },
      differences: [{ field: 'outcome', left: 'busy', right: 'answered' }],
      legs: [
        {
          ...{ role: 'caller', left: 'a', right: 'b', differences: [] },
          steps: [
            { is: 'same', ...sides, differences: [] },
            { is: 'changed', ...sides, differences: [{ field: 'SDP audio 1 codecs', left: 'G729', right: 'PCMA' }] },
            { is: 'left', left: { ...step, title: '486 Busy Here', times: 4 }, right: null, differences: [] },
          ],
        },
      ],
      truncated: false,
    });
    await open(callAddress(call.id));
    await page.getByRole('link', { name: 'Compare with a good call' }).click();
    await page.getByText('The nearest good call over gw-a to a number of the class +49301.').waitFor();
    await page.getByText('The <i>phone</i> was busy.').waitFor();
    const leg = page.getByRole('region', { name: 'Leg: caller' });
    const lines = async () =>
      (await leg.getByRole('row').allInnerTexts()).slice(1).map((text) => text.replace(/\s+/g, ' ').trim());
    expect(await lines()).toEqual([
      '≠ differs INVITE hop 1 → +0.000 s INVITE hop 1 → +0.000 s',
      'SDP audio 1 codecs G729 PCMA',
      '← in this call alone 486 Busy Here ×4 hop 1 → +0.000 s –',
    ]);
    await page.getByRole('checkbox', { name: 'also show what is the same' }).check();
    expect(await lines()).toHaveLength(4);
    served.answers.set(callApi(call.id, '/nearest-good'), {
      call: null,
      trunk: 'gw-a',
      numberClass: 'short',
      looked: 0,
    });
    await page.reload();
    await page.getByRole('status').getByText('No good call over gw-a to a number of the class short is near').waitFor();
    expect(complaints).toEqual([]);
  });

  test('finds a call, opens it, shows lanes and arrows, and reads a message beside them', async () => {
    await open('/');
    await page.getByRole('heading', { name: 'Newest calls' }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('+49 30 12345678');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Calls found' }).waitFor();
    expect(new URL(page.url()).searchParams.get('q')).toBe('+49 30 12345678');
    expect(served.asked.at(-1) === '/healthz' ? served.asked.at(-2) : served.asked.at(-1)).toContain(
      '/api/search?q=%2B49+30+12345678&limit=50',
    );
    await page.getByRole('cell', { name: 'acme <b>' }).waitFor();
    await page.getByRole('link', { name: '+4940998877' }).click();
    await page.getByRole('heading', { level: 1, name: 'Anna Example' }).waitFor();
    await page.locator('.headline .facts').getByText('acme <b>').waitFor();
    expect(new URL(page.url()).pathname).toBe(callAddress(call.id));
    await rows().first().waitFor();
    expect(await page.locator('.lane-name b').allTextContents()).toEqual(ladder.lanes.map((lane) => lane.name));
    expect(await page.locator('.arrow.points-right').count()).toBeGreaterThan(5);
    expect(await page.locator('.arrow.points-left').count()).toBeGreaterThan(5);
    expect(await page.locator('.row.again .arrow').count()).toBe(0);
    await page.locator('.sent', { hasText: 'sent 2 times' }).click();
    await page.locator('.row.again .arrow').waitFor();

    // An arrow from the second lane to the fourth begins and ends in the middle of their columns.
    const boxes = await page.locator('.lane-name').evaluateAll((names) =>
      names.map((name) => {
        const { x, width } = (
          name as unknown as { getBoundingClientRect(): { x: number; width: number } }
        ).getBoundingClientRect();
        return x + width / 2;
      }),
    );
    const arrow = await row('sip:201@192.0.2.77:5066').locator('.arrow').boundingBox();
    expect(Math.abs(arrow!.x - boxes[1]!)).toBeLessThan(2);
    expect(Math.abs(arrow!.x + arrow!.width - boxes[3]!)).toBeLessThan(2);

    await rows().first().click();
    expect(await detail().locator('pre').textContent()).toBe(ladder.steps[0]!.raw);
    expect(await detail().locator('.seen-by').textContent()).toContain('10:21:38.752001');
    expect(complaints).toEqual([]);
  });

  test('shows hostile texts as texts: nothing runs, nothing is fetched, no policy is broken', async () => {
    await open('/');
    await page.getByText('<b>Mallory</b>').waitFor();
    await open(callAddress(call.id));
    await row('<img src=x onerror=alert(1)>').click();
    const raw = await detail().locator('pre').textContent();
    expect(raw).toContain('<script>alert(2)</script>');
    expect(raw).toContain('</pre><style>body{display:none}</style>');
    await row('CHANNEL_BRIDGE').click();
    await detail().getByText('<img src=x onerror=alert(4)>').waitFor();
    expect(await page.locator('main img, main script, main style, main [style*="url"]').count()).toBe(0);
    await open('/?q=%3Cscript%3Ealert(5)%3C/script%3E');
    await page.getByRole('heading', { name: 'Calls found' }).waitFor();
    await open(callAddress('<img src=x onerror=alert(6)>'));
    await page.getByText('Nothing is stored under this key.').waitFor();
    // The 404 above is the answer that was asked for; the browser writes it down as an error all the same.
    expect(complaints.filter((text) => !text.includes('404'))).toEqual([]);
  });

  test('a call that was taken along as a page shows hostile texts as texts, without a server', async () => {
    const file = join(directory, 'call.html');
    const exported = { call, ladder, diagnosis, events: [stepDetail], masked: false, version: '1' };
    await writeFile(file, pageOf(exported as unknown as ExportedCall));
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(`file://${file}`);
    expect(await page.locator('.steps > li').count()).toBe(ladder.steps.length);
    expect(await page.locator('img, script, iframe, object, link, i').count()).toBe(0);
    expect(await page.locator('style').count()).toBe(2);
    const raw = ladder.steps.find((step) => step.raw.includes('<script>alert(2)</script>'))!;
    await page.locator(`a.step[href="#step-${raw.id}"]`).click();
    await page.locator(`#step-${raw.id} pre`).waitFor();
    expect(await page.locator(`#step-${raw.id} pre`).textContent()).toBe(raw.raw.replaceAll('\r\n', '\n'));
    await page.locator('summary', { hasText: 'CHANNEL_BRIDGE' }).click();
    await page.getByText('<img src=x onerror=alert(4)>').first().waitFor();
    await page.getByText('<img src=x onerror=alert(24)>').waitFor();
    await page.getByLabel('messages').uncheck();
    await page.locator(`#step-${raw.id}`).waitFor({ state: 'hidden' });
    expect(asked.filter((url) => !url.startsWith(`file://${file}`))).toEqual([]);
    expect(complaints.filter((text) => !text.startsWith(`asked file://${file}`))).toEqual([]);
  });

  test('shows the headers of an event as a table that can be searched', async () => {
    await open(callAddress(call.id));
    await row('CHANNEL_BRIDGE').click();
    await detail().getByRole('rowheader', { name: 'variable_sip_call_id' }).waitFor();
    await detail().getByLabel('Find a header').fill('dp_match');
    await expect.poll(() => detail().getByRole('rowheader').allTextContents()).toEqual(['fs1', 'variable_DP_MATCH']);
    expect(complaints).toEqual([]);
  });

  test('is moved through by keys alone', async () => {
    await open(callAddress(call.id));
    await rows().first().waitFor();
    await page.getByRole('listbox').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await detail().waitFor();
    expect(await page.locator('.row.open').getAttribute('data-index')).toBe('2');
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => page.locator('.row.open').getAttribute('data-index')).toBe('3');
    expect(await page.getByRole('listbox').getAttribute('aria-activedescendant')).toBe('step-3');
    await page.keyboard.press('Escape');
    await detail().waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
  });

  test('keeps filters and the opened step in the address', async () => {
    // High enough that every line is drawn.
    await page.setViewportSize({ width: 1280, height: 4000 });
    await open(callAddress(call.id));
    await rows().first().waitFor();
    expect(await row('Codec negotiation error').count()).toBe(1);
    expect(await row('SOFIA ROUTING').count()).toBe(0);
    expect(await row('CHANNEL_STATE').count()).toBe(0);
    await page.getByLabel('SIP').uncheck();
    await page.getByLabel('every event').check();
    await page.getByLabel('Lowest log level shown').selectOption('debug');
    await page
      .getByText(/\d+ log lines/)
      .first()
      .waitFor();
    await page.getByLabel('Fold log lines').uncheck();
    await row('SOFIA ROUTING').click();
    await expect.poll(() => page.url()).toMatch(/sip=off&events=all&level=debug&fold=off&step=[0-9a-f]{16}$/);
    await page.reload();
    await detail().getByRole('region', { name: 'Log line' }).getByText('SOFIA ROUTING').waitFor();
    await detail().getByRole('region', { name: 'Lines around it' }).getByText('SOFIA ROUTING').waitFor();
    expect(await page.locator('.arrow').count()).toBe(0);
    expect(await row('CHANNEL_STATE').count()).toBe(1);
    expect(await page.locator('.row-gap').count()).toBe(1);
    expect(complaints).toEqual([]);
  });

  test('says why the legs are one call and leads to the proof, even when it is filtered away', async () => {
    await open(`${callAddress(call.id)}?events=off`);
    await page.getByText('Why one call').click();
    const reason = page.getByRole('listitem').filter({ hasText: 'The switch bridged the two channels.' });
    await reason.getByRole('link', { name: /^Proof at/ }).click();
    await detail().getByRole('heading', { name: 'CHANNEL_BRIDGE' }).waitFor();
    await expect.poll(() => page.locator('.row.open').textContent()).toContain('CHANNEL_BRIDGE');
    expect(complaints).toEqual([]);
  });

  const why = () => page.getByRole('region', { name: 'Why', exact: true });

  test('says why the call went so: what is broken apart from what is not, with links to what proves it', async () => {
    await open(`${callAddress(call.id)}?logs=off`);
    const cards = why().locator('.verdict-card');
    await cards.first().waitFor();
    expect(await cards.count()).toBe(2);
    const [busy, codecs] = [cards.nth(0), cards.nth(1)];
    const told = async (card: Locator): Promise<string> => ((await card.textContent()) ?? '').replace(/\s+/g, ' ');
    for (const words of [
      'The called side was busy',
      '✓ nothing is broken',
      'as good as certain, 95 %',
      'Nothing is broken.',
    ])
      expect(await told(busy)).toContain(words);
    for (const words of ['≠ negotiation of media', 'the switch', 'possible, the evidence admits something else, 65 %'])
      expect(await told(codecs)).toContain(words);
    await busy.locator('summary').click();
    await rows().first().waitFor();
    // Three rows of the answer are cited: two steps, and a copy of the second.
    expect(await busy.locator('.proofs li').count()).toBe(3);
    await busy.getByText('seen by 2 sensors').waitFor();
    await busy.getByText('No other leg of the call was answered.').waitFor();
    await codecs.locator('summary').click();
    expect(await codecs.getByRole('link').count()).toBe(1);
    await codecs.getByRole('link', { name: /Codec negotiation error/ }).click();
    await detail().getByRole('heading', { name: 'Log line, error' }).waitFor();
    await expect.poll(() => page.locator('.row.open').count()).toBe(1);
    expect(await page.locator('.row.open').getAttribute('aria-label')).toContain('evidence of the diagnosis');
    expect(await page.locator('.row.open .cited').count()).toBe(1);
    expect(new URL(page.url()).searchParams.get('step')).toBe('9a00000483de387d');
    await expect.poll(() => page.evaluate('document.activeElement.localName')).toBe('ladder-rows');
    expect(complaints).toEqual([]);
  });

  test('a hostile text in a verdict is a text', async () => {
    await open(callAddress(call.id));
    await why().getByText('(488 <img src=x onerror=alert(21)>): <b>PCMA</b> was offered.').waitFor();
    for (const summary of await why().locator('summary').all()) await summary.click();
    await why().getByText('<script>alert(22)</script>').waitFor();
    await why().getByText('<script>alert(23)</script>').waitFor();
    await why().getByText('<i>both</i>').waitFor();
    expect(await why().locator('img, script, i').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test('a call without a verdict has one quiet line, and one that cannot be asked about says so', async () => {
    served.answers.set(callApi(call.id, '/diagnosis'), { call: call.id, verdicts: [], missing: [] });
    await open(callAddress(call.id));
    await why().getByText('Nothing in what was seen points to a fault.').waitFor();
    expect(await why().locator('.verdict-card').count()).toBe(0);
    served.answers.delete(callApi(call.id, '/diagnosis'));
    await page.reload();
    await why().getByText('could not be found out: Nothing is stored under this key.').waitFor();
    await rows().first().waitFor();
    expect(complaints.filter((text) => !text.includes('404'))).toEqual([]);
  });

  test('a diagnosis that takes long holds up nothing', async () => {
    let answer: () => void = () => undefined;
    served.held.set(
      callApi(call.id, '/diagnosis'),
      new Promise((resolve) => {
        answer = resolve;
      }),
    );
    await open(callAddress(call.id));
    await rows().first().waitFor();
    await why().getByText('Looking at the evidence').waitFor();
    expect(await page.locator('.cited').count()).toBe(0);
    answer();
    await why().locator('.verdict-card').first().waitFor();
    await expect.poll(() => page.locator('.cited').count()).toBeGreaterThan(0);
    expect(complaints).toEqual([]);
  });

  test('tells of gaps, of a call that is cut short, and links related calls and exports', async () => {
    served.answers.set(callApi(call.id), { ...call, truncated: true });
    await open(callAddress(call.id));
    await page.getByText('The events of fs1 are missing from 10:22:09.752 to 10:22:17.752').waitFor();
    await page.getByText('larger than what one answer holds').waitFor();
    expect(await page.getByRole('link', { name: call.links[0]!.key }).getAttribute('href')).toBe(
      callAddress(call.links[0]!.key),
    );
    await page.getByText('Take along').click();
    const pcap = page.getByRole('list', { name: 'Export this call' }).getByRole('link', { name: 'pcap' });
    expect(await pcap.getAttribute('href')).toBe(callApi(call.id, '/export.pcap'));
    await page.getByLabel('Without numbers and names').check();
    expect(await pcap.getAttribute('href')).toBe(callApi(call.id, '/export.pcap?masked=true'));
    expect(complaints).toEqual([]);
  });

  test('an empty store says what to paste into Kamailio and FreeSWITCH, and the first call appears by itself', async () => {
    served.answers.set('/api/search', { calls: [], more: false });
    await page.clock.install();
    await open('/');
    await page.getByRole('heading', { name: 'No call yet' }).waitFor();
    await page.getByText('modparam("siptrace", "duplicate_uri", "sip:127.0.0.1:9060")').waitFor();
    await page.getByText('value="udp:127.0.0.1:9060;hep=3;capture_id=201"').waitFor();
    await page.getByText('apply-inbound-acl', { exact: false }).first().waitFor();
    await page.getByText(/password: \$\{FS1_PASSWORD\}/).waitFor();
    served.answers.set('/api/search', searchAnswer);
    await page.clock.fastForward('01:00');
    await page.getByRole('heading', { name: 'Newest calls' }).waitFor();
    expect(complaints).toEqual([]);
  });

  test('a search without a result says how it was understood', async () => {
    served.answers.set('/api/search', { calls: [], more: false });
    await open('/?q=%2B49%20(30)%20999');
    await page.getByRole('heading', { name: 'No call found' }).waitFor();
    await page.getByText('a phone number with the digits 4930999').waitFor();
    expect(complaints).toEqual([]);
  });

  test('older calls are added to the list, each once', async () => {
    const older = { ...searchAnswer.calls[1]!, id: 'older@192.0.2.9' };
    served.answers.set('/api/search', (query: URLSearchParams) =>
      query.has('to') ? { calls: [searchAnswer.calls.at(-1), older], more: false } : searchAnswer,
    );
    await open('/');
    await page.getByRole('button', { name: 'Show older calls' }).click();
    await expect.poll(() => page.locator('.calls tbody tr').count()).toBe(searchAnswer.calls.length + 1);
    expect(await page.getByRole('button', { name: 'Show older calls' }).count()).toBe(0);
  });

  test('says that it waits when an answer is slow, and drops the answer to a question that was replaced', async () => {
    let answer = () => {};
    served.held.set('/api/search', new Promise((resolve) => (answer = resolve)));
    await open('/?q=first');
    await page.getByRole('progressbar').waitFor();
    const aborted = page.waitForEvent('requestfailed', (request) => request.url().includes('q=first'));
    await page.getByRole('searchbox', { name: 'Search calls' }).fill('second');
    await page.keyboard.press('Enter');
    await aborted;
    answer();
    await page.getByRole('heading', { name: 'Calls found' }).waitFor();
    await page.getByRole('progressbar').waitFor({ state: 'detached' });
    expect(new URL(page.url()).searchParams.get('q')).toBe('second');
    expect(complaints).toEqual([]);
  });

  test('draws of 5,000 steps those in sight, tells how many there are, and reaches the last of them', async () => {
    served.answers.set(callApi(call.id, '/ladder'), longLadder(5000));
    await open(callAddress(call.id));
    await rows().first().waitFor();
    expect(await page.locator('.row').count()).toBeLessThan(100);
    expect(await rows().first().getAttribute('aria-setsize')).toBe('5000');
    await page.getByRole('listbox').focus();
    await page.keyboard.press('End');
    await page.keyboard.press('Enter');
    await detail().getByRole('heading', { name: 'MESSAGE 4999' }).waitFor();
    expect(await page.locator('.row.active').getAttribute('aria-posinset')).toBe('5000');
    await expect
      .poll(async () => {
        const box = await page.locator('.row.open').boundingBox();
        return box !== null && box.y > 0 && box.y < 900;
      })
      .toBe(true);
    // Elements are used again for other lines: whoever reads on finds these one after the other all the same.
    const places = () => page.locator('.row').evaluateAll((all) => all.map((row) => Number(row.ariaPosInSet)));
    await page.locator('.ladder').evaluate((ladder) => ladder.scrollTo(0, 100_000));
    await expect
      .poll(places)
      .toSatisfy((found: number[]) => found.every((place, i) => i === 0 || place > found[i - 1]!));
    expect((await places()).length).toBeLessThan(100);
    expect(complaints).toEqual([]);
  });

  const lines = () => page.locator('.calls tbody tr');
  const askedLast = (): URLSearchParams =>
    new URL(served.asked.findLast((path) => path.startsWith('/api/search')) ?? '', served.origin).searchParams;

  test('a line tells why it was found, who tried again, how long it rang and over which trunk', async () => {
    await open('/?q=%2B49');
    const [found, again] = [lines().nth(0), lines().nth(2)];
    await found.getByText('caller as +493012345678 in From, P-Asserted-Identity').waitFor();
    await found.getByText('carrier <b>').waitFor();
    await again.getByText('3rd try within 1 min 40 s').waitFor();
    await again.getByText('18 s').waitFor();
    expect(await page.locator('main b').count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  test('filters are asked of the store and stand in the address, with times in the zone that is shown', async () => {
    await open('/');
    await page.getByRole('button', { name: 'no answer' }).click();
    await page.getByRole('button', { name: 'busy' }).click();
    await expect.poll(() => page.url()).toMatch(/\?outcome=busy%2Cno_answer$/);
    expect(served.asked).not.toContain('/api/names');
    await page.getByLabel('Trunk').focus();
    const offered = (field: string) =>
      page.evaluate<string[]>(`[...document.querySelectorAll('#names-${field} option')].map(({ value }) => value)`);
    await expect.poll(() => offered('trunk')).toEqual(expect.arrayContaining(['carrier <b>', 'other carrier']));
    expect(await offered('node')).toContain('hep 9');
    await page.getByLabel('Trunk').fill('carrier <b>');
    await page.getByLabel('Trunk').press('Enter');
    await page.getByLabel('Node').fill('fs1');
    await page.getByLabel('Node').press('Tab');
    expect(served.asked.filter((path) => path === '/api/names')).toHaveLength(1);
    await page.getByLabel('Look back').selectOption('own');
    await page.getByLabel('From', { exact: true }).fill('2026-11-21T10:00');
    await expect.poll(() => askedLast().get('from')).toBe('2026-11-21T09:00Z');
    await page.getByRole('heading', { name: 'from 2026-11-21 10:00:00 GMT+1' }).waitFor();
    await page.reload();
    await lines().first().waitFor();
    const { outcome, node, trunk, from } = Object.fromEntries(askedLast());
    expect([outcome, node, trunk, from]).toEqual(['busy,no_answer', 'fs1', 'carrier <b>', '2026-11-21T09:00Z']);
    expect(await page.getByRole('button', { name: 'busy' }).getAttribute('aria-pressed')).toBe('true');
    await page.getByRole('button', { name: 'Clear filters' }).click();
    await expect.poll(() => new URL(page.url()).search).toBe('');
    expect(complaints).toEqual([]);
  });

  test('follows what happens, and moves no line under the pointer; a hidden tab asks nothing', async () => {
    let { calls } = searchAnswer;
    let asks = 0;
    const comes = (id: string, second: number): void => {
      const startedAt = `2026-11-21T09:30:${String(second).padStart(2, '0')}.000000Z`;
      calls = [{ ...searchAnswer.calls[1]!, id, callIds: [id], startedAt }, ...calls];
    };
    served.answers.set('/api/search', () => {
      asks += 1;
      return { calls, more: true };
    });
    await page.clock.install();
    await open('/');
    await lines().first().waitFor();
    await page.keyboard.press('l');
    await expect.poll(() => page.url()).toMatch(/\?live=on$/);
    comes('new-1', 1);
    await page.clock.fastForward(3000);
    await expect.poll(() => lines().count()).toBe(searchAnswer.calls.length + 1);
    expect(askedLast().get('live')).toBe('true');

    const second = lines().nth(1);
    await second.hover();
    const before = await second.boundingBox();
    const name = await second.getByRole('link').getAttribute('href');
    comes('new-2', 2);
    await page.clock.fastForward(3000);
    await page.getByRole('button', { name: '1 new call' }).waitFor();
    expect(await second.boundingBox()).toEqual(before);
    expect(await second.getByRole('link').getAttribute('href')).toBe(name);
    await page.keyboard.press('n');
    await expect.poll(() => lines().count()).toBe(searchAnswer.calls.length + 2);

    const shown = (hidden: boolean) =>
      page.evaluate(`Object.defineProperty(document, 'hidden', { value: ${hidden}, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'))`);
    await shown(true);
    await page.clock.fastForward(3000);
    const asked = asks;
    await page.clock.fastForward(60_000);
    expect(asks).toBe(asked);
    await shown(false);
    await expect.poll(() => asks).toBeGreaterThan(asked);
    await page.keyboard.press('l');
    await expect.poll(() => new URL(page.url()).search).toBe('');
    expect(complaints).toEqual([]);
  });

  test('what takes long can be given up by a key, and asked again', async () => {
    let answer = () => {};
    served.held.set('/api/search', new Promise((resolve) => (answer = resolve)));
    await open('/?q=slow');
    await page.getByRole('progressbar').waitFor();
    const aborted = page.waitForEvent('requestfailed', (request) => request.url().includes('q=slow'));
    await page.keyboard.press('Escape');
    await aborted;
    await page.getByText('Cancelled: the server was told to stop.').waitFor();
    expect(await page.getByRole('progressbar').count()).toBe(0);
    answer();
    await page.getByRole('button', { name: 'Ask again' }).click();
    await lines().first().waitFor();
    expect(complaints).toEqual([]);
  });

  test('a call is found and opened by keys alone, and an overlay shows them', async () => {
    const focused = () => page.evaluate('document.activeElement.getAttribute("href") ?? document.activeElement.id');
    await open('/');
    await lines().first().waitFor();
    await page.keyboard.press('?');
    const overlay = page.getByRole('dialog', { name: 'Keys' });
    await overlay.getByText('go to the search box').waitFor();
    await page.keyboard.press('l');
    await page.keyboard.press('Escape');
    await overlay.waitFor({ state: 'hidden' });
    expect(new URL(page.url()).search).toBe('');
    await page.keyboard.press('?');
    await overlay.getByLabel('Letters and signs are keys').uncheck();
    await page.keyboard.press('Escape');
    await page.keyboard.press('l');
    expect(new URL(page.url()).search).toBe('');
    await page.getByRole('button', { name: 'Keys' }).click();
    await overlay.getByLabel('Letters and signs are keys').check();
    await page.keyboard.press('Escape');
    await page.keyboard.press('/');
    await page.keyboard.type('anna');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Calls found' }).waitFor();
    const [first, second] = searchAnswer.calls.map(({ id }) => callAddress(id));
    const seen: unknown[] = [];
    for (const key of ['ArrowDown', 'j', 'k', 'ArrowUp', 'ArrowDown', 'End', 'Home']) {
      await page.keyboard.press(key);
      seen.push(await focused());
    }
    const last = callAddress(searchAnswer.calls.at(-1)!.id);
    expect(seen).toEqual([first, second, first, 'q', first, last, first]);
    await page.keyboard.press('Enter');
    await rows().first().waitFor();
    expect(new URL(page.url()).pathname).toBe(first);
    expect(complaints).toEqual([]);
  });

  test('the time zone is chosen once, kept, shown with the times, and goes with a link', async () => {
    await open('/');
    await lines().first().getByText('2026-11-21 10:21:38 GMT+1').waitFor();
    await page.getByLabel('Time zone of all times').selectOption('UTC');
    await lines().first().getByText('2026-11-21 09:21:38 UTC').waitFor();
    await lines().first().click();
    await rows().first().waitFor();
    expect(new URL(page.url()).search).toBe('?tz=UTC');
    await page.getByText('2026-11-21 09:21:38.752 UTC').waitFor();
    await rows().filter({ hasText: '09:21:38.752' }).first().waitFor();
    await rows().first().click();
    await detail().getByText('2026-11-21 09:21:38.752001 UTC').waitFor();
    await expect.poll(() => page.url()).toMatch(/\?tz=UTC&step=/);
    await open('/');
    await lines().first().getByText('UTC').waitFor();
    await expect.poll(() => new URL(page.url()).search).toBe('?tz=UTC');
    await open(`${callAddress(call.id)}?tz=Asia%2FTokyo`);
    await page.getByText('2026-11-21 18:21:38.752 GMT+9').waitFor();
    await page.getByText('Times in Asia/Tokyo (GMT+9)').waitFor();
    await open('/?tz=%3Cscript%3E');
    await lines().first().getByText('UTC').waitFor();
    expect(complaints).toEqual([]);
  });

  test('goes back from a call to the list that was left', async () => {
    await open('/?q=anna');
    await page.getByRole('link', { name: '+4940998877' }).click();
    await rows().first().waitFor();
    await page.goBack();
    await page.getByRole('heading', { name: 'Calls found' }).waitFor();
    expect(await page.getByRole('searchbox', { name: 'Search calls' }).inputValue()).toBe('anna');
  });
});
