import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLog } from '../../../core/runtime/log.ts';
import { createMetrics } from '../../../core/runtime/metrics.ts';
import type { Store } from '../../../core/store/store.ts';
import { createBatch } from '../../../indexer/batch.ts';
import { NO_CORRELATION } from '../../../indexer/options.ts';
import { createRegistrationRows } from '../../../indexer/registrations/registration-rows.ts';
import { createRegistrations, type Registrations } from '../../../indexer/registrations/registrations.ts';
import { openEmptyStore } from '../../system/empty-store.ts';
import { AT } from '../seen.ts';
import { registerPacket } from './register.ts';

const SECOND = 1_000_000;
const GIVEN_UP = 65 * SECOND;

/** What one device sends and is told, each time under the next CSeq; 0 for nothing. */
const DEVICES: readonly (readonly [device: string, answers: readonly (readonly number[])[]])[] = [
  ['registered after a challenge', [[401], [200]]],
  ['registered, and refreshed later', [[200], [200]]],
  ['registered; each message was seen twice', [[200, 200]]],
  ['a wrong password', [[401], [401]]],
  ['a challenge that nobody meets', [[407]]],
  ['a bill to be paid first', [[402]]],
  ['forbidden', [[403]]],
  ['unknown', [[404]]],
  ['too brief, and then registered', [[423], [200]]],
  ['redirected', [[302]]],
  ['a registrar that is down', [[503]]],
  ['refused everywhere', [[603]]],
  ['a proxy that gave up', [[408]]],
  ['no answer at all', [[0]]],
];
/** 15 registrations ended: 5 well, 3 at a challenge, 1 elsewhere, and 403, 404, 503, 603, 408 and nothing failed. */
const [ENDED, INEFFECTIVE] = [15, 6];

describe('the counts of registrations in the store', () => {
  let store: Store;
  let fails: 'before' | 'after' | 'never';
  let metrics: ReturnType<typeof createMetrics>;
  let registrations: Registrations;
  let nowUs: number;
  beforeEach(async () => {
    const real = await openEmptyStore();
    fails = 'never';
    store = {
      ...real,
      async insert(table, rows, token) {
        if (fails === 'before') throw new Error('the store is away');
        await real.insert(table, rows, token);
        if (fails === 'after') throw new Error('the answer was lost');
      },
    };
    metrics = createMetrics();
    nowUs = AT;
    const rows = createRegistrationRows(store, metrics, silentLog);
    registrations = createRegistrations({ registry: metrics.registry, maxLabelValues: 200, rows, now: () => nowUs });
  });
  afterEach(() => store.close());

  const send = (): void => {
    const batch = createBatch(NO_CORRELATION);
    for (const [n, [, answers]] of DEVICES.entries()) {
      const callId = `device-${n}`;
      for (const [i, statuses] of answers.entries()) {
        const one = { callId, cseq: i + 1 };
        const atUs = AT + i * SECOND;
        batch.add(registerPacket({ ...one, atUs }));
        for (const [times, status] of statuses.entries()) {
          if (times > 0) batch.add(registerPacket({ ...one, atUs: atUs + 10 * times }));
          if (status > 0) batch.add(registerPacket({ ...one, atUs: atUs + 1000 * (times + 1), status }));
        }
      }
    }
    registrations.saw(batch.registers(), AT + 5 * SECOND);
  };
  const totals = (): Promise<unknown[]> =>
    store.select(
      `SELECT toUInt32(sum(registrations)) AS ended, toUInt32(sum(ineffective)) AS failed,
         sum(ineffective) / sum(registrations) AS ira FROM view_registrations`,
    );

  it('are those of a hand-counted set, as in what Prometheus scrapes', async () => {
    send();
    nowUs = AT + GIVEN_UP + 5 * SECOND;
    registrations.saw([], nowUs);
    await registrations.write(nowUs);
    expect(await totals()).toEqual([{ ended: ENDED, failed: INEFFECTIVE, ira: INEFFECTIVE / ENDED }]);
    const byResult = await store.select<{ result: string; n: number }>(
      'SELECT result, toUInt32(sum(registrations)) AS n FROM view_registrations GROUP BY result ORDER BY result',
    );
    await metrics.registry.metrics();
    await metrics.registry.metrics();
    const { values = [] } = (await metrics.registry.getSingleMetric('calltrail_registrations_total')?.get()) ?? {};
    const scraped = values
      .filter(({ value }) => value > 0)
      .map(({ labels, value }) => ({ result: labels.result, n: value }));
    expect(byResult).toEqual(scraped.sort((a, b) => (String(a.result) < String(b.result) ? -1 : 1)));
  });

  it.each(['before', 'after'] as const)('are there once when the store failed %s it took them', async (how) => {
    send();
    nowUs = AT + GIVEN_UP + 5 * SECOND;
    registrations.saw([], nowUs);
    fails = how;
    await registrations.write(nowUs);
    fails = 'never';
    await registrations.write(nowUs + 10 * SECOND);
    expect(await totals()).toMatchObject([{ ended: ENDED, failed: INEFFECTIVE }]);
  });
});
