import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Diagnosis } from '../../api/diagnosis-schemas.ts';
import type { Call, Ladder } from '../../api/schemas.ts';
import type { CaptureEvent } from '../../core/model/capture-event.ts';
import { type Store, StoreError } from '../../core/store/store.ts';
import { remembered } from '../remembered.ts';
import { openRecorded, type RecordedApi } from './recorded.ts';
import { hasClass, readXml, type XmlElement } from './xml.ts';

const NAMES = ['01-basic', '03-failures', '05-transfer-hold', '06-conference', '10-missing-ack', '22-utf8-odd-headers'];

describe('the ladder as a picture', { timeout: 120_000 }, () => {
  let api: RecordedApi;
  beforeAll(async () => {
    api = await openRecorded(NAMES);
  }, 120_000);
  afterAll(async () => {
    await api?.close();
  });

  const path = (key: string, query = ''): string => `/ladder/${encodeURIComponent(key)}.svg${query}`;
  /** What is answered to an address: many tests look at the same picture. */
  const askOnce = remembered((address: string) => api.server.inject(address));
  const draw = (key: string, query = '') => askOnce(path(key, query));
  const firstOf = (name: string): string => api.callIds[name]![0]!;
  const ladderOf = async (key: string): Promise<Ladder> =>
    (await askOnce(`/api/calls/${encodeURIComponent(key)}/ladder`)).json<Ladder>();

  /** How many messages the arrows stand for: one each, and the retransmissions that they count. */
  const sendings = (elements: readonly XmlElement[]): number =>
    elements
      .filter(hasClass('message'))
      .reduce((sum, element) => sum + Number(/×(\d+) in/.exec(element.text)?.[1] ?? 1), 0);

  it('conformance 39: is image/svg+xml on an opaque ground, without a script or anything from elsewhere', async () => {
    const response = await draw(firstOf('01-basic'));
    expect(response.statusCode).toBe(200);
    expect(response.headers['content-type']).toMatch(/^image\/svg\+xml/);
    expect(response.headers['content-security-policy']).toContain("default-src 'none'");
    expect(response.headers['content-security-policy']).toContain('sandbox');
    expect(response.headers['x-content-type-options']).toBe('nosniff');
    expect(response.headers['set-cookie']).toBeUndefined();
    const elements = readXml(response.body);
    const [svg] = elements;
    expect(svg?.name).toBe('svg');
    const ground = elements.find(hasClass('ground'));
    expect(ground?.attributes).toMatchObject({ width: svg?.attributes.width, height: svg?.attributes.height });
    expect(response.body).toContain('.ground{fill:#ffffff}');
    expectHarmless(elements);
  });

  it.each(NAMES)(
    '%s: draws every message of every call once, well-formed, or counts it on the arrow it repeats',
    async (name) => {
      const callIds = api.callIds[name]!;
      expect(callIds.length).toBeGreaterThan(0);
      for (const key of callIds.slice(0, 6)) {
        const [response, ladder] = await Promise.all([draw(key, '?max=2000'), ladderOf(key)]);
        expect(response.statusCode, key).toBe(200);
        const elements = readXml(response.body);
        expectHarmless(elements);
        expect(sendings(elements), key).toBe(ladder.steps.filter(({ kind }) => kind === 'message').length);
        const heads = elements.filter((element) => hasClass('lane-head')(element));
        expect(heads.length, key).toBeGreaterThan(0);
      }
    },
  );

  it('counts retransmissions on the arrow that they repeat', async () => {
    const elements = readXml((await draw(firstOf('10-missing-ack'))).body);
    const again = elements.filter(hasClass('message')).filter(({ text }) => text.includes('×11'));
    expect(again.map(({ text }) => text).join()).toContain('200 OK');
    expect(again).toHaveLength(2);
  });

  it('says who called whom, how it ended and how long it took, also to those who do not see it', async () => {
    const key = firstOf('03-failures');
    const call = (await api.server.inject(`/api/calls/${encodeURIComponent(key)}`)).json<Call>();
    const elements = readXml((await draw(key)).body);
    const title = elements.find(({ name }) => name === 'title')!;
    expect(title.text).toContain(call.from.number);
    expect(title.text).toContain(call.to.number);
    expect(title.text).toContain('busy · 486 · USER_BUSY · lasted');
    expect(elements[0]?.attributes).toMatchObject({ role: 'img', 'aria-labelledby': 'title description' });
    expect(elements.find(({ name }) => name === 'desc')?.text).toContain('Refused: 486 Busy Here from');
    expect(elements.find(hasClass('headline'))?.text).toContain('busy');
    const { verdicts } = (await api.server.inject(`/api/calls/${encodeURIComponent(key)}/diagnosis`)).json<Diagnosis>();
    expect(verdicts.length).toBeGreaterThan(0);
    expect(elements.filter(hasClass('why'))).toHaveLength(Math.min(3, verdicts.length));
    expect(elements.find(({ name }) => name === 'desc')?.text).toContain(verdicts[0]?.sentence);
  });

  it('marks a refusal by a sign, a ground and a bar, not by colour alone', async () => {
    const elements = readXml((await draw(firstOf('03-failures'))).body);
    const refused = elements.filter(hasClass('message')).filter(({ text }) => text.includes('486 Busy Here'));
    expect(refused.length).toBeGreaterThan(0);
    for (const step of refused) {
      expect(step.text).toContain('✕');
      const within = elements.filter((element) => element.parent === step);
      expect(within.some(hasClass('refusal'))).toBe(true);
      expect(within.some(hasClass('edge'))).toBe(true);
    }
    const ringing = elements.filter(hasClass('message')).filter(({ text }) => !/✕/.test(text));
    expect(ringing.length).toBeGreaterThan(0);
  });

  it('gives each leg a letter, on its steps and in the key below', async () => {
    const elements = readXml((await draw(firstOf('01-basic'))).body);
    const letters = new Set(
      elements
        .filter(hasClass('badge'))
        .map(({ text }) => text)
        .filter((text) => text !== ''),
    );
    expect([...letters].sort()).toEqual(['A', 'B']);
    const key = elements.find(hasClass('legs'))!;
    expect(key.text).toContain(firstOf('01-basic'));
  });

  it('shows what is asked for: messages, events, log lines', async () => {
    const key = firstOf('01-basic');
    const kinds = async (query: string) => {
      const elements = readXml((await draw(key, query)).body);
      return ['message', 'event', 'log'].map((kind) =>
        elements.some((one) => hasClass('step')(one) && hasClass(kind)(one)),
      );
    };
    expect(await kinds('?show=sip')).toEqual([true, false, false]);
    expect(await kinds('?show=events')).toEqual([false, true, false]);
    expect((await kinds('?show=sip,events')).slice(0, 2)).toEqual([true, true]);
    const none = await draw(firstOf('22-utf8-odd-headers'), '?show=events');
    expect(none.body).toContain('no step of the kinds that are shown');
  });

  it('folds the middle of a long call and says how much is hidden', async () => {
    const key = firstOf('01-basic');
    const whole = readXml((await draw(key, '?show=sip')).body).filter(hasClass('message'));
    const folded = readXml((await draw(key, '?show=sip&max=10')).body);
    const shown = folded.filter(hasClass('message')).map(({ text }) => text);
    expect(shown).toEqual([...whole.slice(0, 5), ...whole.slice(-5)].map(({ text }) => text));
    expect(folded.find(hasClass('folded'))?.text).toContain(`… ${whole.length - 10} steps`);
  });

  it('tells a silence', async () => {
    const pauses = readXml((await draw(firstOf('01-basic'))).body).filter(hasClass('pause'));
    expect(pauses.map(({ text }) => text)).toContain('4.0 s pass');
  });

  it('names its lanes in the order of the ladder', async () => {
    for (const name of ['05-transfer-hold', '06-conference']) {
      for (const key of api.callIds[name]!.slice(0, 4)) {
        const [response, { lanes }] = await Promise.all([draw(key, '?max=2000'), ladderOf(key)]);
        const elements = readXml(response.body);
        const row = elements.find(hasClass('heads'));
        const heads = elements.filter((one) => hasClass('lane-head')(one) && one.parent === row);
        const titles = heads.map(
          (head) => elements.find((one) => one.parent === head && one.name === 'title')?.text ?? '',
        );
        const order = titles.map((title) =>
          lanes.findIndex((lane) => title.startsWith(`${lane.name} `) || title === lane.name),
        );
        expect(order).toEqual(order.toSorted((a, b) => a - b));
        expect(order).not.toContain(-1);
      }
    }
  });

  it('has the colours and the width that are asked for', async () => {
    const key = firstOf('01-basic');
    const dark = await draw(key, '?theme=dark&width=700');
    expect(readXml(dark.body)[0]?.attributes.width).toBe('700');
    expect(dark.body).toContain('.ground{fill:#181b1f}');
    expect(dark.body).not.toContain('.ground{fill:#ffffff}');
    const auto = await draw(key, '?theme=auto');
    expect(auto.body).toContain('@media (prefers-color-scheme:dark){');
  });

  it('may be kept for a minute when the call is over', async () => {
    expect((await draw(firstOf('01-basic'))).headers['cache-control']).toBe('private, max-age=60');
  });

  it('of an unknown key says so in a picture, with status 404', async () => {
    const response = await draw('no such <call> & "key"', '?theme=dark&width=500');
    expect(response.statusCode).toBe(404);
    expect(response.headers['content-type']).toMatch(/^image\/svg\+xml/);
    expect(response.headers['cache-control']).toBe('no-store');
    expect(Number(response.headers['content-length'])).toBe(Buffer.byteLength(response.body));
    const elements = readXml(response.body);
    expectHarmless(elements);
    expect(elements[0]?.attributes.width).toBe('500');
    expect(elements.find(({ name }) => name === 'desc')?.text).toContain('no such <call> & "key"');
    expect(response.body).toContain('.ground{fill:#181b1f}');
  });

  it.each(['a/b.svg@x', 'a?b#c%2Fd', '../../etc/passwd', 'naïve@host', '.svg'])('takes %j for a key', async (key) => {
    const response = await draw(key);
    expect(response.statusCode).toBe(404);
    expect(readXml(response.body).find(({ name }) => name === 'desc')?.text).toContain(`"${key}"`);
  });

  it.each(['/ladder/.svg', '/ladder/%20.svg'])('of no call (%s) says that none is chosen', async (address) => {
    const response = await api.server.inject(address);
    expect(response.statusCode).toBe(404);
    expect(readXml(response.body).find(({ name }) => name === 'desc')?.text).toContain('No call is chosen yet');
  });

  it('does not mind what else is in the address', async () => {
    expect((await draw(firstOf('01-basic'), '?t=1795256498752&orgId=1')).statusCode).toBe(200);
  });

  it.each([
    ['?theme=pink', 'must be light, dark or auto'],
    ['?width=12', 'must be a whole number from 300 to 4000'],
    ['?max=1', 'must be a whole number from 2 to 2000'],
    ['?show=sip,video', 'must be a list of sip, events and logs'],
  ])('of %s says what is wrong in a picture, with status 400', async (query, sentence) => {
    const response = await draw(firstOf('01-basic'), query);
    expect(response.statusCode).toBe(400);
    expect(response.headers['content-type']).toMatch(/^image\/svg\+xml/);
    expect(readXml(response.body).find(({ name }) => name === 'desc')?.text).toContain(sentence);
  });

  it('is taken along as a picture, as text and as a page: each step once, those of little note in a text where asked for', async () => {
    const key = encodeURIComponent(firstOf('05-transfer-hold'));
    const take = async (file: string) => (await api.server.inject(`/api/calls/${key}/export.${file}`)).body;
    const { steps } = await ladderOf(firstOf('05-transfer-hold'));
    const elements = readXml(await take('svg'));
    expectHarmless(elements);
    expect(sendings(elements)).toBe(steps.filter(({ kind }) => kind === 'message').length);
    const linesOf = (text: string): number => text.match(/^\d\d:\d\d:\d\d\.\d{6} /gm)?.length ?? 0;
    const [few, all] = [await take('txt'), await take('txt?every=true')];
    expect(linesOf(all)).toBe(steps.length);
    expect(linesOf(few) + Number(/^… and (\d+) events of little note/m.exec(few)?.[1])).toBe(steps.length);
    const page = await take('html');
    expect(steps.filter(({ id }) => page.split(`id="step-${id}"`).length !== 2)).toEqual([]);
    expect(page).not.toMatch(/<script|<img|<link|<iframe|\bon[a-z]+=|\bsrc=|href="[^#]|style="/);
  });

  it('is described in OpenAPI', async () => {
    const { paths } = (await api.server.inject('/api/openapi.json')).json<{ paths: Record<string, unknown> }>();
    expect(paths['/ladder/{key}.svg']).toBeDefined();
  });
});

describe('the picture of a call', { timeout: 120_000 }, () => {
  const name = '10-missing-ack';

  it('that goes on is drawn as far as it has come, and may be kept for two seconds', async () => {
    // Neither a BYE nor what a switch says of the end.
    const keep = (event: CaptureEvent): boolean =>
      event.kind === 'packet' && !/^(BYE |CANCEL )|CSeq: \d+ BYE/im.test(Buffer.from(event.payload).toString('latin1'));
    const api = await openRecorded([name], { keep });
    const response = await api.server.inject(`/ladder/${encodeURIComponent(api.callIds[name]![0]!)}.svg`);
    await api.close();
    expect(response.statusCode).toBe(200);
    expect(response.headers['cache-control']).toBe('private, max-age=2');
    expect(readXml(response.body).find(hasClass('headline'))?.text).toContain('in progress');
  });

  describe('of a store that fails', () => {
    let fails: ConstructorParameters<typeof StoreError>[0];
    let api: RecordedApi;
    beforeAll(async () => {
      const select = () => Promise.reject(new StoreError(fails, 'a test'));
      api = await openRecorded([], { asked: (store: Store): Store => ({ ...store, select }) });
    });
    afterAll(async () => {
      await api?.close();
    });

    it.each([
      ['timeout', 504, 'took too long'],
      ['unreachable', 503, 'does not answer right now'],
      ['refused', 500, 'refused the question'],
    ] as const)('says so when the store answers with %s', async (code, status, sentence) => {
      fails = code;
      const response = await api.server.inject('/ladder/any.svg');
      expect(response.statusCode).toBe(status);
      expect(response.headers['content-type']).toMatch(/^image\/svg\+xml/);
      expect(readXml(response.body).find(({ name: one }) => one === 'desc')?.text).toContain(sentence);
    });
  });
});

/** What no picture may hold: scripts, foreign content, addresses of anything, handlers. */
function expectHarmless(elements: readonly XmlElement[]): void {
  const names = new Set(elements.map(({ name }) => name));
  const allowed = ['svg', 'title', 'desc', 'style', 'rect', 'g', 'text', 'tspan', 'line', 'path'];
  expect([...names].filter((name) => !allowed.includes(name))).toEqual([]);
  const attributes = new Set(elements.flatMap((element) => Object.keys(element.attributes)));
  expect([...attributes].filter((name) => /^on|href|src$/i.test(name))).toEqual([]);
  const style = elements.find(({ name }) => name === 'style')?.text ?? '';
  expect(style).not.toMatch(/url\(|@import/);
}
