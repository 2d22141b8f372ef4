import { execFile } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import type { FastifyInstance } from 'fastify';
import { Registry } from 'prom-client';
import { Value } from 'typebox/value';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exportClocks } from '../../api/clocks/metrics.ts';
import type { Clocks } from '../../api/clocks/schema.ts';
import type { ComparisonAnswer, NearestGood } from '../../api/compare/schema.ts';
import { Diagnosis } from '../../api/diagnosis-schemas.ts';
import { reportOf } from '../../api/doctor/report.ts';
import { Doctor } from '../../api/doctor/schema.ts';
import { hideAnswer } from '../../api/privacy/by-schema.ts';
import type { Call, Ladder, StepDetail } from '../../api/schemas.ts';
import { createServer } from '../../api/server.ts';
import type { CaptureEvent } from '../../core/model/capture-event.ts';
import { createPrefixes } from '../../core/model/prefix.ts';
import { createHidden } from '../../core/privacy/hidden.ts';
import { createTokens } from '../../core/privacy/tokens.ts';
import { atOnce } from '../../core/runtime/in-turns.ts';
import { silentLog } from '../../core/runtime/log.ts';
import { createMetrics } from '../../core/runtime/metrics.ts';
import { readSeen } from '../golden/recorded.ts';
import { freePort } from '../system/ports.ts';
import { basic, USERS } from './access/served.ts';
import { listCalls } from './list-calls.ts';
import { openRecorded, type RecordedApi } from './recorded.ts';

const KEY = 'a key of the tests, of more than 32 characters';

const FAILED = ['03-failures', '10-missing-ack'];

describe('the diagnosis of a call', { timeout: 120_000 }, () => {
  let recorded: RecordedApi;
  let masked: FastifyInstance;
  const keys: string[] = [];
  beforeAll(async () => {
    recorded = await openRecorded(['01-basic', '03-failures', '10-missing-ack']);
    keys.push(...[...FAILED].flatMap((name) => recorded.callIds[name] ?? []));
    await listCalls(recorded.store, recorded.callIds['01-basic'] ?? []);
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
      const json = (await ask(key, '/export.json')).json<{
        diagnosis: Diagnosis;
        ladder: Ladder;
        events: StepDetail[];
      }>();
      expect(json.diagnosis.verdicts).toEqual(verdicts);
      // Each event with its variables, as the view of the event has them.
      const ids = json.ladder.steps.filter(({ kind }) => kind === 'event').map(({ id }) => id);
      expect(json.events.map(({ id }) => id).sort()).toEqual(ids.sort());
      const [event] = json.events;
      expect(event).toEqual((await ask(key, `/steps/${event?.id}`)).json());
      const variables = json.events.map(({ headers }) =>
        Object.keys(headers).filter((name) => /^variable_/.test(name)),
      );
      expect(Math.max(...variables.map(({ length }) => length))).toBeGreaterThan(10);
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
    const answer = { call: 'a@site.example', verdicts: [verdict], missing: [] };
    const shown = atOnce(hideAnswer(Diagnosis, answer, hidden)) as Diagnosis;
    expect(JSON.stringify(shown)).not.toContain('4155550101');
    expect(shown.verdicts[0]).toMatchObject({ id: 'no_route', cause: 'routing', side: 'gateway' });
    expect(shown.verdicts[0]?.sentence).toMatch(/^192\.0\.2\.7 answered 404 \(no route to num~[^~]+~\): it knows/);
    expect(shown.verdicts[0]?.evidence[0]).toMatchObject({ table: 'messages', id: '1234567890123456', at });
  });
});

describe('what is learnt of a site from its other calls', { timeout: 120_000 }, () => {
  const RECORDING = '01-basic';
  let recorded: RecordedApi;
  let victim = '';
  let untilUs = 0;
  beforeAll(async () => {
    const days = await readSeen(RECORDING);
    victim = invitedIn(days)[0] ?? '';
    recorded = await openRecorded([RECORDING], {
      keep: (event) =>
        event.kind !== 'packet' || event.sensor !== 'hep 201' || !event.payload.toString('latin1').includes(victim),
    });
    // As the linker writes them when a call is over.
    const ends = new Map<string, number>();
    for (const event of days) {
      if (event.kind !== 'packet') continue;
      untilUs = Math.max(untilUs, event.atUs + 1);
      for (const callId of recorded.callIds[RECORDING] ?? [])
        if (event.payload.toString('latin1').includes(callId)) ends.set(callId, event.atUs);
    }
    const rows = [...ends].map(([callId, until]) => ({ until, node: `c:${callId}`, since: until, arrived: until }));
    await recorded.store.insert('endings', rows, 'endings');
  }, 120_000);
  afterAll(() => recorded?.close());

  const ask = async <T>(url: string): Promise<T> => (await recorded.server.inject({ url })).json<T>();

  test('a sensor that is usually heard and reported nothing of a call is named, and of another call nothing is', async () => {
    const [other = ''] = (recorded.callIds[RECORDING] ?? []).filter((callId) => callId !== victim).slice(-1);
    const of = (key: string) => ask<Diagnosis>(`/api/calls/${encodeURIComponent(key)}/diagnosis`);
    const { missing } = await of(victim);
    expect(missing.map(({ id, source, stream }) => [id, source, stream])).toEqual([
      [expect.stringMatching(/^sensor_(missing|incomplete)$/), 'hep 201', 'packets'],
    ]);
    expect(missing[0]?.evidence.length).toBeGreaterThan(0);
    expect(missing[0]?.hops.length).toBeGreaterThan(0);
    expect((await of(other)).missing).toEqual([]);
    const text = (await recorded.server.inject({ url: `/api/calls/${encodeURIComponent(victim)}/export.txt` })).body;
    expect(text).toContain(`Missing: ${missing[0]?.sentence}`);
  });

  test('clocks of two sensors on one machine are apart by no more than a message takes', async () => {
    const { reference, nodes, pairs } = await ask<Clocks>(`/api/clocks?to=${Math.ceil(untilUs / 1000) + 1}`);
    expect(reference).toBe('hep 101');
    const ahead = nodes.find(({ node }) => node === 'hep 201')?.ahead;
    expect(ahead?.lower).toBeLessThanOrEqual(0);
    expect(ahead?.upper).toBeGreaterThanOrEqual(0);
    expect((ahead?.upper ?? 1) - (ahead?.lower ?? 0)).toBeLessThan(0.05);
    expect(pairs.every(({ steps }) => steps.length === 0)).toBe(true);
  });

  test.each(['0', '1441', '1.5', 'Infinity', '1e309', '9'.repeat(400)])(
    'clocks are not told of %s minutes',
    async (minutes) => {
      const refused = await recorded.server.inject({ url: `/api/clocks?minutes=${minutes}` });
      expect([refused.statusCode, refused.json().message]).toEqual([400, expect.stringContaining('from 1 to 1440')]);
    },
  );

  test('a scrape tells both bounds of each node, once they are learnt', async () => {
    const registry = new Registry();
    exportClocks(registry, recorded.store, silentLog, () => untilUs + 1);
    const lineOf = (bound: string): RegExp =>
      new RegExp(`^calltrail_clock_offset_seconds\\{node="hep 201",reference="hep 101",bound="${bound}"\\} -?\\d`, 'm');
    await expect.poll(() => registry.metrics(), { timeout: 30_000 }).toMatch(lineOf('lower'));
    expect(await registry.metrics()).toMatch(lineOf('upper'));
  });
});

const invitedIn = (events: readonly CaptureEvent[]): string[] =>
  events.flatMap((event) => {
    const text = event.kind === 'packet' ? event.payload.toString('latin1') : '';
    return text.startsWith('INVITE ') ? [/^Call-ID: (\S+)/im.exec(text)?.[1] ?? ''] : [];
  });
