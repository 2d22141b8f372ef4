import { execFile } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import type { FastifyInstance } from 'fastify';
import { Value } from 'typebox/value';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCall } from '../../api/call/finder.ts';
import type { ComparisonAnswer, NearestGood } from '../../api/compare/schema.ts';
import { Diagnosis } from '../../api/diagnosis-schemas.ts';
import { reportOf } from '../../api/doctor/report.ts';
import { Doctor } from '../../api/doctor/schema.ts';
import { hideAnswer } from '../../api/privacy/by-schema.ts';
import type { Call, Ladder } from '../../api/schemas.ts';
import { createServer } from '../../api/server.ts';
import { callIdNode } from '../../core/model/edge.ts';
import { createHostNames } from '../../core/model/host-names.ts';
import { createPrefixes } from '../../core/model/prefix.ts';
import { createHidden } from '../../core/privacy/hidden.ts';
import { createTokens } from '../../core/privacy/tokens.ts';
import { silentLog } from '../../core/runtime/log.ts';
import { createMetrics } from '../../core/runtime/metrics.ts';
import type { Store } from '../../core/store/store.ts';
import type { Row } from '../../core/store/tables.ts';
import { callRow, endingRow } from '../../indexer/linker/call-row.ts';
import { createSessions } from '../../indexer/linker/session.ts';
import { freePort } from '../system/ports.ts';
import { basic, USERS } from './access/served.ts';
import { openRecorded, type RecordedApi } from './recorded.ts';

const KEY = 'a key of the tests, of more than 32 characters';

const FAILED = ['03-failures', '10-missing-ack'];

/** As the linker lists calls that are over. */
async function list(store: Store, callIds: readonly string[]): Promise<void> {
  const sessions = createSessions({ names: createHostNames({}), nodes: new Set() });
  const rows = new Map<string, Row<'calls'>>();
  for (const callId of callIds) {
    const found = await openCall({ store, unmask: () => undefined, guesses: false }, callId, {}, {});
    if (found === undefined) throw new Error(`nothing is stored under ${callId}`);
    const row = callRow(found.call, 1, Date.now() * 1000, sessions.of(found.call));
    rows.set(row.id, row);
  }
  await store.insert('calls', [...rows.values()], 'calls');
  const endings = [...rows.values()].map((row) => endingRow(callIdNode(row.id), row));
  await store.insert('endings', endings, 'endings');
}

describe('the diagnosis of a call', { timeout: 120_000 }, () => {
  let recorded: RecordedApi;
  let masked: FastifyInstance;
  const keys: string[] = [];
  beforeAll(async () => {
    recorded = await openRecorded(['01-basic', '03-failures', '10-missing-ack']);
    keys.push(...[...FAILED].flatMap((name) => recorded.callIds[name] ?? []));
    await list(recorded.store, recorded.callIds['01-basic'] ?? []);
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

  test('a call that failed is set beside the nearest good one over the same trunk to such a number', async () => {
    let proposed = 0;
    for (const key of [...(recorded.callIds['10-missing-ack'] ?? []), ...keys.slice(0, 4)]) {
      const nearest = (await ask(key, '/nearest-good')).json<NearestGood>();
      if (nearest.call === null) continue;
      proposed += 1;
      const good = await diagnosisOf(nearest.call.id);
      expect([nearest.call.outcome, good.verdicts.filter(({ cause }) => cause !== 'normal')]).toEqual(['answered', []]);
      const call = (await ask(key, '')).json<Call>();
      expect(call.callIds).not.toContain(nearest.call.id);
      expect(nearest.numberClass).toBe(createPrefixes().of(call.to.number));
      expect(createPrefixes().of(nearest.call.to.number)).toBe(nearest.numberClass);
      const answer = await ask(key, `/compare/${encodeURIComponent(nearest.call.id)}`);
      const { left, right, differences, legs } = answer.json<ComparisonAnswer>();
      expect([left.call.id, right.call.id]).toEqual([call.id, nearest.call.id]);
      if (left.call.outcome !== 'answered') expect(differences.map(({ field }) => field)).toContain('outcome');
      expect(left.verdicts.map(({ id }) => id)).toEqual((await diagnosisOf(key)).verdicts.map(({ id }) => id));
      // What began the calls is the same kind of step in both.
      expect(legs[0]).toMatchObject({ role: 'caller' });
      expect(legs[0]?.steps.find(({ left: step }) => step?.title === 'INVITE')?.is).toMatch(/same|changed/);
      const steps = (await ask(key, '/ladder')).json<Ladder>().steps.map(({ id }) => id);
      for (const step of legs.flatMap((leg) => leg.steps))
        if (step.left !== null) expect(steps).toContain(step.left.id);
    }
    expect(proposed).toBeGreaterThan(1);
  });

  test('a missing ACK beside a good call: there the ACK is, and here the answer was sent again and again', async () => {
    const [key = ''] = recorded.callIds['10-missing-ack'] ?? [];
    const [good = ''] = recorded.callIds['01-basic'] ?? [];
    const { legs } = (await ask(key, `/compare/${encodeURIComponent(good)}`)).json<ComparisonAnswer>();
    const steps = legs[0]?.steps ?? [];
    expect(steps.filter(({ is, right }) => is === 'right' && right?.title.startsWith('ACK')).length).toBeGreaterThan(0);
    const answers = steps.filter(({ left, right }) => left?.title === '200 OK' && right?.title === '200 OK');
    expect(Math.max(...answers.map(({ left }) => left?.times ?? 0))).toBeGreaterThan(5);
    expect(answers.some(({ differences }) => differences.some(({ field }) => field === 'times sent'))).toBe(true);
  });

  test('an unknown call cannot be compared, on either side', async () => {
    const [key = ''] = keys;
    expect((await ask(key, '/compare/nothing')).statusCode).toBe(404);
    expect((await ask('nothing', `/compare/${encodeURIComponent(key)}`)).statusCode).toBe(404);
    expect((await ask('nothing', '/nearest-good')).statusCode).toBe(404);
  });

  test('the doctor sees each switch and sensor of the site, and what is missing there', async () => {
    const doctor = (await recorded.server.inject('/api/doctor')).json<Doctor>();
    expect([...Value.Errors(Doctor, doctor)]).toEqual([]);
    expect(doctor.calls).toBeGreaterThan(10);
    const of = (id: string) =>
      Object.fromEntries(
        doctor.checks.find((check) => check.id === id)?.findings.map((one) => [one.of, one.state]) ?? [],
      );
    expect(of('switch_events')).toMatchObject({ 'hep 201': 'fine' });
    expect(of('uuid_as_call_id')).toMatchObject({ 'fs1, profile internal': 'missing' });
    expect(of('log_level')).toEqual({ fs1: 'fine' });
    expect(of('capture_id')).toMatchObject({ 'hep 101': 'fine', 'hep 201': 'fine' });
    expect(of('proxy_log')).toMatchObject({ 'hep 101': 'missing' });
    const report = reportOf(doctor);
    expect(report).toContain('missing: fs1, profile internal (FreeSWITCH), 0 of ');
    expect(report).toContain('<param name="outbound-use-uuid-as-callid" value="true"/>');
    expect(report).toMatch(/\d+ fine, \d+ missing, \d+ cannot be told yet\n$/);
    expect(reportOf({ ...doctor, calls: 0, checks: [] })).toContain('nothing can be told');
  });

  test('npm run doctor prints that, and its exit code says whether something is missing', async () => {
    await recorded.server.listen({ host: '127.0.0.1', port: 0 });
    const { port } = recorded.server.server.address() as AddressInfo;
    const run = (...args: readonly string[]) => promisify(execFile)(process.execPath, ['api/doctor/main.ts', ...args]);
    const [missing, away, wrong] = await Promise.allSettled([
      run('--url', `http://127.0.0.1:${port}`),
      run('--url', `http://127.0.0.1:${await freePort('127.0.0.1')}`),
      run('--url', 'ftp://x'),
    ]);
    expect(missing).toMatchObject({
      reason: { code: 1, stdout: expect.stringContaining('missing: hep 101 (Kamailio)') },
    });
    expect(away).toMatchObject({ reason: { code: 2, stderr: expect.stringContaining('could not be asked') } });
    expect(wrong).toMatchObject({ reason: { code: 2, stderr: expect.stringContaining('is no http address') } });
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
