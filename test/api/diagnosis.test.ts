import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Diagnosis } from '../../api/diagnosis-schemas.ts';
import { hideAnswer } from '../../api/privacy/by-schema.ts';
import type { Call } from '../../api/schemas.ts';
import { createServer } from '../../api/server.ts';
import { createHidden } from '../../core/privacy/hidden.ts';
import { createTokens } from '../../core/privacy/tokens.ts';
import { silentLog } from '../../core/runtime/log.ts';
import { createMetrics } from '../../core/runtime/metrics.ts';
import { basic, USERS } from './access/served.ts';
import { openRecorded, type RecordedApi } from './recorded.ts';

const KEY = 'a key of the tests, of more than 32 characters';

describe('the diagnosis of a call', { timeout: 120_000 }, () => {
  let recorded: RecordedApi;
  let masked: FastifyInstance;
  const keys: string[] = [];
  beforeAll(async () => {
    recorded = await openRecorded(['03-failures', '10-missing-ack']);
    keys.push(...Object.values(recorded.callIds).flat());
    masked = await createServer({
      ...{ store: recorded.store, metrics: createMetrics(), log: silentLog, hosts: {}, guesses: false, version: '1' },
      ...{ access: { users: USERS, anonymous: false }, sources: () => [], unmask: () => undefined },
      privacy: { key: KEY, mask: ['reader'], showDigits: { first: 0, last: 0 } },
    });
  }, 120_000);
  afterAll(async () => {
    await masked?.close();
    await recorded?.close();
  });

  const ask = async (key: string, path: string, who?: string) => {
    const url = `/api/calls/${encodeURIComponent(key)}${path}`;
    const headers = who === undefined ? {} : { authorization: basic(who) };
    return (who === undefined ? recorded.server : masked).inject({ url, headers });
  };
  const diagnosisOf = async (key: string, who?: string): Promise<Diagnosis> =>
    (await ask(key, '/diagnosis', who)).json<Diagnosis>();

  test('leaves with an export: beside the ladder in JSON, its sentences at the head of the text', async () => {
    let told = 0;
    for (const key of keys.slice(0, 4)) {
      const { verdicts } = await diagnosisOf(key);
      const json = (await ask(key, '/export.json')).json<{ diagnosis: Diagnosis }>();
      expect(json.diagnosis.verdicts).toEqual(verdicts);
      const text = (await ask(key, '/export.txt')).body;
      const head = text.slice(0, text.indexOf('\nLeg '));
      for (const { sentence, next } of verdicts) {
        expect(head).toContain(`Why: ${sentence} (`);
        expect(head).toContain(next);
        told += 1;
      }
    }
    expect(told).toBeGreaterThan(0);
  });

  test('shows no number to whoever none is shown, and leads to the same steps and legs', async () => {
    let told = 0;
    for (const key of keys.filter((_, index) => index % 4 === 0)) {
      const [whole, hidden] = [await diagnosisOf(key), await diagnosisOf(key, 'rita')];
      const call = (await ask(key, '')).json<Call>();
      const shownCall = (await ask(key, '', 'rita')).json<Call>();
      const numbers = call.legs
        .flatMap(({ from, to }) => [from.number, to.number])
        .map((number) => number.replace(/^\+/, ''))
        .filter((number) => number.length >= 5);
      expect(numbers.filter((number) => JSON.stringify(hidden).includes(number))).toEqual([]);
      expect(hidden.verdicts.map(({ id }) => id)).toEqual(whole.verdicts.map(({ id }) => id));
      const rows = ({ verdicts }: Diagnosis) =>
        verdicts.flatMap((one) => one.evidence.map(({ id, at }) => ({ id, at })));
      expect(rows(hidden)).toEqual(rows(whole));
      const legs = shownCall.legs.map(({ id }) => id);
      for (const { leg } of hidden.verdicts) {
        if (leg !== null) expect(legs).toContain(leg);
      }
      told += hidden.verdicts.length;
    }
    expect(told).toBeGreaterThan(3);
  });

  test('hides what a verdict quotes, and leaves statuses, times and ids as they are', () => {
    const tokens = createTokens(KEY);
    const hidden = createHidden(tokens);
    hidden.vocabulary.add('+14155550101');
    hidden.learnt = true;
    const at = '2026-11-21T10:21:38.752001Z';
    const verdict = {
      ...{ id: 'no_route', leg: '14155550101-1@site.example', cause: 'routing', side: 'gateway', confidence: 0.9 },
      sentence: '192.0.2.7 answered 404 (no route to 14155550101): it knows no way to the number that was dialled.',
      evidence: [{ table: 'messages', id: '1234567890123456', at, says: '404 sip:14155550101@192.0.2.7' }],
      checked: ['No way to +14155550101.'],
      ...{ refutedBy: '14155550101 reached.', next: 'Ask for 14155550101.' },
    };
    const shown = hideAnswer(
      Diagnosis,
      { call: 'a@site.example', verdicts: [verdict], missing: [] },
      hidden,
    ) as Diagnosis;
    expect(JSON.stringify(shown)).not.toContain('4155550101');
    expect(shown.verdicts[0]).toMatchObject({ id: 'no_route', cause: 'routing', side: 'gateway' });
    expect(shown.verdicts[0]?.sentence).toMatch(/^192\.0\.2\.7 answered 404 \(no route to num~[^~]+~\): it knows/);
    expect(shown.verdicts[0]?.evidence[0]).toMatchObject({ table: 'messages', id: '1234567890123456', at });
  });
});
