import { rmSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { redraw } from '../../../core/detect/redraw.ts';
import { type DetectorStage, LEARNT_DAYS, MINUTE_US, makeOrdinaryDays, openDetectorStage, TEN } from './stage.ts';

const DAY = 1440;
const A = { trunk: 'carrier-a', prefix: '+49301' };
const B = { trunk: 'carrier-b', prefix: '+44201' };
const good = { attempts: 6, failed: 0 };
const bad = { attempts: 7, failed: 7 };

describe('the detector beside the linker', { timeout: 120_000 }, () => {
  let stage: DetectorStage;
  let ordinary: string;
  let judged: number;
  beforeAll(async () => {
    ({ dir: ordinary, judged } = await makeOrdinaryDays());
  }, 120_000);
  afterAll(() => rmSync(ordinary, { recursive: true, force: true }));
  beforeEach(async () => {
    stage = await openDetectorStage({}, {}, ordinary);
  }, 60_000);
  afterEach(() => stage.close());

  it('judges each minute once, says nothing of ordinary ones, and tells of a trunk that fails as one incident with its cause', async () => {
    expect(judged).toBe(LEARNT_DAYS * DAY);
    // Of these it goes on from what it wrote down at nine.
    expect(await stage.judge(TEN - 1)).toBe(59);
    expect(await stage.judge(TEN - 1)).toBe(0);
    expect(await stage.alerts()).toEqual([]);
    for (let minute = TEN; minute < TEN + 6; minute++) {
      await stage.minute(minute, [
        { ...A, ...bad },
        { ...B, ...good },
      ]);
      await stage.judge(minute);
    }
    const found = await stage.alerts();
    expect(found).toHaveLength(1);
    const [alert] = found;
    expect(alert).toMatchObject({ kind: 'failures', state: 'open', closed: 0 });
    expect(alert!.opened - TEN).toBeLessThan(2);
    expect(alert!.series.map(({ dimension, name }) => `${dimension}:${name}`).sort()).toEqual([
      'node:fs1',
      'site:',
      'trunk:carrier-a',
    ]);
    expect(alert!.series[0]).toMatchObject({ dimension: 'site', state: 'open', failed: 42, attempts: 78 });
    expect(alert!.explanation[0]).toMatchObject({ value: 'carrier-a', dimension: 'trunk', shareOfFailed: 1 });
    expect(alert!.calls).toHaveLength(5);
    expect(alert!.calls.every((call) => call.startsWith('carrier-a-'))).toBe(true);
    for (const { inputs, dimension, name } of alert!.inputs) {
      const series = alert!.series.find((one) => one.dimension === dimension && one.name === name)!;
      const drawn = redraw(inputs).at(-1)!;
      expect(drawn.minute).toBe(series.opened);
      expect(Math.max(drawn.fast, drawn.slow)).toBeGreaterThanOrEqual(series.threshold);
    }
    expect(await stage.value('calltrail_detector_lag_seconds')).toBe(61);
    expect(await stage.value('calltrail_alert_open', { kind: 'failures', dimension: 'site', series: '' })).toBe(1);
    await stage.history(TEN + 6, TEN + 60);
    await stage.judge(TEN + 59);
    const [closed] = await stage.alerts();
    expect(closed).toMatchObject({ id: alert!.id, state: 'closed' });
    expect(closed!.closed).toBeGreaterThan(TEN + 15);
    expect(await stage.alerts()).toHaveLength(1);
    expect(await stage.value('calltrail_alert_open', { kind: 'failures', dimension: 'site', series: '' })).toBe(0);
  });

  it('neither repeats nor loses an incident when it is restarted in the middle of it', async () => {
    const play = async (from: number, until: number, broken: boolean): Promise<void> => {
      for (let minute = from; minute < until; minute++) {
        await stage.minute(minute, [
          { ...A, ...(broken ? bad : good) },
          { ...B, ...good },
        ]);
        await stage.judge(minute);
      }
    };
    await stage.judge(TEN - 1);
    await play(TEN, TEN + 3, true);
    const [before] = await stage.alerts();
    stage.restart((TEN + 5) * MINUTE_US);
    await play(TEN + 3, TEN + 6, true);
    const during = await stage.alerts();
    expect(during).toHaveLength(1);
    expect(during[0]).toMatchObject({ id: before!.id, state: 'open', opened: before!.opened });
    expect(during[0]!.inputs).toEqual(before!.inputs);
    stage.restart((TEN + 8) * MINUTE_US);
    await play(TEN + 6, TEN + 40, false);
    expect(await stage.alerts()).toMatchObject([{ id: before!.id, state: 'closed' }]);
    // Without anything that was written down it reads the counts again, and comes to the same.
    await stage.store.command('TRUNCATE TABLE detector');
    const known = await stage.alerts();
    stage.restart((TEN + 42) * MINUTE_US);
    expect(await stage.judge(TEN + 39)).toBe(LEARNT_DAYS * DAY + 40);
    expect(await stage.alerts()).toEqual(known);
  });

  it('closes what nobody knows any more', async () => {
    await stage.judge(TEN - 1);
    await stage.minute(TEN, [{ ...A, attempts: 30, failed: 30 }]);
    await stage.judge(TEN);
    expect(await stage.alerts()).toMatchObject([{ state: 'open' }]);
    for (const table of ['detector', 'outcomes']) await stage.store.command(`TRUNCATE TABLE ${table}`);
    stage.restart((TEN + 3) * MINUTE_US);
    await stage.judge(TEN + 1);
    const [alert] = await stage.alerts();
    expect(alert).toMatchObject({ state: 'closed', closed: TEN + 1 });
    expect(alert!.series.every(({ state }) => state === 'closed')).toBe(true);
  });

  it('says of a silent sensor that it is blind, and never that calls fail or vanish', async () => {
    await stage.judge(TEN - 1);
    // Half of the minute is heard; then nothing, but for INVITEs that another sensor saw and nobody answered.
    await stage.minute(TEN, [{ ...A, attempts: 3, failed: 0 }], { sensor: 1 });
    for (let minute = TEN + 1; minute < TEN + 40; minute++) {
      await stage.minute(minute, [{ ...A, attempts: 5, failed: 5, sensors: 'hep 102' }], { sensor: 0 });
    }
    await stage.judge(TEN + 39);
    const alerts = await stage.alerts();
    expect(alerts.map(({ kind, state, silent }) => ({ kind, state, silent }))).toEqual([
      { kind: 'blind', state: 'open', silent: ['hep 101'] },
    ]);
    expect(alerts[0]!.series[0]).toMatchObject({ dimension: 'site', since: TEN });
    await stage.history(TEN + 40, TEN + 80);
    await stage.judge(TEN + 79);
    expect(await stage.alerts()).toMatchObject([{ kind: 'blind', state: 'closed' }]);
  });

  it('pages for calls that vanish while the sensor still talks', async () => {
    for (let minute = TEN; minute < TEN + 15; minute++) await stage.minute(minute, []);
    await stage.judge(TEN + 14);
    expect(await stage.alerts()).toMatchObject([{ kind: 'vanished', state: 'open', calls: [], silent: [] }]);
  });

  it('pages for nothing when Calltrail was away for an hour, and when a switch has a gap', async () => {
    await stage.judge(TEN - 1);
    await stage.history(TEN + 60, TEN + 90);
    await stage.store.insert(
      'gaps',
      [
        {
          ...{ id: '00000000000000aa', at: (TEN + 70) * MINUTE_US, arrived: (TEN + 75) * MINUTE_US, node: 'fs1' },
          ...{ stream: 'events', since: (TEN + 75) * MINUTE_US, until: (TEN + 77) * MINUTE_US, reason: 'lost_events' },
        },
      ],
      'gap',
    );
    await stage.judge(TEN + 89);
    const alerts = await stage.alerts();
    expect(alerts.map(({ kind, state }) => `${kind} ${state}`)).toEqual(['blind closed']);
    expect(alerts[0]).toMatchObject({ since: TEN, silent: ['', 'fs1'] });
  });

  it('leaves out what is counted after the watermark, also when the minute is read again', async () => {
    await stage.judge(TEN - 1);
    await stage.minute(TEN, [{ ...A, ...good }]);
    const late = (TEN + 2) * MINUTE_US;
    await stage.store.insert(
      'outcomes',
      [
        {
          ...{ minute: TEN, arrived: late, tenant: 'none', trunk: 'carrier-a', node: 'fs1', sensors: 'hep 101' },
          ...{ direction: 'outbound', class: 'network', code: '503', cause: '', prefix: '', root: 1, attempts: 50 },
          stage: '',
          samples: '',
        },
      ],
      'late',
    );
    await stage.judge(TEN);
    stage.restart((TEN + 2) * MINUTE_US);
    await stage.judge(TEN);
    expect(await stage.alerts()).toEqual([]);
    expect(await stage.value('calltrail_detector_failed', { dimension: 'site', series: '' })).toBe(0);
  });

  it('begins anew from what it wrote down when the clock was set back', async () => {
    await stage.judge(TEN - 1);
    await stage.judge(TEN + 120);
    const ahead = await stage.alerts();
    expect(ahead).toMatchObject([{ kind: 'blind', state: 'open' }]);
    for (let minute = TEN; minute < TEN + 4; minute++)
      await stage.minute(minute, [{ ...A, ...bad, attempts: 9, failed: 9 }]);
    expect(await stage.judge(TEN + 3)).toBeGreaterThan(0);
    expect((await stage.alerts()).find(({ kind }) => kind === 'failures')).toMatchObject({ state: 'open' });
  });

  it('keeps hostile trunk names as names', async () => {
    const trunk = `__proto__'); DROP TABLE alerts; --"<script>{name:String}`;
    await stage.close();
    stage = await openDetectorStage();
    await stage.history(TEN - LEARNT_DAYS * DAY, TEN, [trunk, '__proto__']);
    await stage.judge(TEN - 1);
    for (let minute = TEN; minute < TEN + 3; minute++) {
      await stage.minute(minute, [
        { ...bad, trunk },
        { ...good, trunk: '__proto__' },
      ]);
    }
    await stage.judge(TEN + 2);
    const [alert] = await stage.alerts();
    expect(alert!.series.map(({ name }) => name)).toContain(trunk);
    expect(alert!.explanation[0]).toMatchObject({ dimension: 'trunk', value: trunk });
    expect(await stage.value('calltrail_detector_failed', { dimension: 'trunk', series: trunk })).toBe(7);
  });
});
