import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeHold } from '../../../core/privacy/holds.ts';
import { type EraseJob, readJob, writeJob } from '../../../core/privacy/jobs.ts';
import { createMetrics } from '../../../core/runtime/metrics.ts';
import { type Store, StoreError } from '../../../core/store/store.ts';
import { publish, yealink } from '../../core/media/telephone-reports.ts';
import { storeHand } from '../../generate/store.ts';
import { sipPacket } from '../seen.ts';
import { callIdsWith, countOf, nodeOf, openSite, placesWith } from './site.ts';

const NUMBER = '+1 (415) 555-0101';
const DIGITS = '14155550101';
const order = (number = NUMBER): EraseJob => ({
  ...{ id: '00000000000000aa', version: 1_000, askedUs: 1_000, state: 'waiting', who: 'ada', reason: 'asked for' },
  ...{ number, nodes: [], legs: 0, rows: 0, message: '' },
});

describe('erasing a number', { timeout: 60_000 }, () => {
  let site: Awaited<ReturnType<typeof openSite>>;
  let store: Store;
  beforeEach(async () => {
    site = await openSite(['01-basic', '13-register-options-msg']);
    store = site.store;
  }, 60_000);
  afterEach(() => site.close());

  /** Passes until nothing is to be done. */
  const work = async (on = site.keeper()): Promise<EraseJob> => {
    for (let i = 0; i < 5; i += 1) await on.pass();
    const job = await readJob(store, order().id);
    if (job === undefined) throw new Error('no job');
    return job;
  };

  it('leaves it nowhere, in no written form, and every other call as it was', async () => {
    const numbers = await store.select<{ value: string }>(
      "SELECT DISTINCT reverse(value) AS value FROM identifiers WHERE kind = 'number_reversed'",
    );
    const own = await callIdsWith(store, DIGITS);
    expect(own.length).toBeGreaterThan(0);
    const ends = { ip: '192.0.2.1', port: 4000 };
    const report = yealink({ callId: own[0] ?? '', local: ends, remote: ends }).replaceAll('5551001', DIGITS);
    await storeHand(store, [sipPacket(publish(report, 'published@phone'))]);
    expect(await countOf(store, 'messages', "call_id = 'published@phone'")).toBe(1);
    const before = await countOf(store, 'messages', '1');
    expect(await placesWith(store, [DIGITS])).not.toEqual([]);
    await writeJob(store, order());
    const job = await work();
    expect(job).toMatchObject({ state: 'done', number: '', nodes: [], message: '' });
    expect(job.rows).toBeGreaterThan(20);
    expect(await placesWith(store, [DIGITS])).toEqual([]);
    expect(await placesWith(store, own)).toEqual([]);
    const after = await countOf(store, 'messages', '1');
    expect(after).toBeGreaterThan(0);
    expect(after).toBeLessThan(before);
    const left = await store.select<{ value: string }>(
      "SELECT DISTINCT reverse(value) AS value FROM identifiers WHERE kind = 'number_reversed'",
    );
    expect(left.length).toBeLessThan(numbers.length);
    expect(left.length).toBeGreaterThan(3);
  });

  it('goes on wherever it died', async () => {
    // A store that dies at the n-th change, with it done or not: what is there then is what a killed process leaves.
    const dying = (after: number, isDone: boolean): Store => {
      let left = after;
      const change = async (act: () => Promise<void>): Promise<void> => {
        if (left-- > 0) return act();
        if (isDone && left === -1) await act();
        throw new StoreError('unreachable', 'killed');
      };
      return {
        ...store,
        command: (sql) => change(() => store.command(sql)),
        insert: (table, rows, token) => change(() => store.insert(table, rows, token)),
      };
    };
    await writeJob(store, order());
    for (let after = 0; after < 16; after += 1) {
      const died = site.keeper({ store: dying(after % 4, after % 2 === 0), registry: createMetrics().registry });
      await died.pass().catch(() => undefined);
    }
    expect((await work()).state).toBe('done');
    expect(await placesWith(store, [DIGITS])).toEqual([]);
  });

  it('takes what arrives while it waits for that', async () => {
    await writeJob(store, { ...order(), askedUs: Date.now() * 1000, version: Date.now() * 1000 });
    const patient = site.keeper({ settleMs: 3_600_000 });
    await patient.pass();
    expect(await readJob(store, order().id)).toMatchObject({ state: 'settling' });
    const later = await openSite(['01-basic']);
    const rows = await later.store.select<Record<string, unknown>>(
      "SELECT value, node, roles FROM identifiers WHERE kind = 'number_reversed' LIMIT 100",
    );
    await later.close();
    await store.insert(
      'identifiers',
      rows.map(({ value, node, roles }) => ({
        ...{ kind: 'number_reversed', value: String(value), node: String(node), roles: Number(roles) },
        ...{ since: 1, until: 2, arrived: Date.now() * 1000 },
      })),
      'late',
    );
    expect(await placesWith(store, [DIGITS])).not.toEqual([]);
    expect((await work(site.keeper({ now: () => (Date.now() + 7_200_000) * 1000, settleMs: 3_600_000 }))).state).toBe(
      'done',
    );
    expect(await placesWith(store, [DIGITS])).toEqual([]);
  });

  it('is refused while a call of it is held, and says which', async () => {
    const [callId = ''] = await callIdsWith(store, DIGITS);
    const hold = { call: callId, version: 5, sinceUs: 5, who: 'ada', reason: 'court', nodes: [nodeOf(callId)] };
    await writeHold(store, hold);
    await writeJob(store, order());
    const job = await work();
    expect(job).toMatchObject({ state: 'refused', number: '', rows: 0 });
    expect(job.message).toContain(callId);
    expect(await countOf(store, 'messages', `call_id = '${callId}'`)).toBeGreaterThan(0);
  });

  it('takes a short number only as a whole', async () => {
    const before = await countOf(store, 'messages', '1');
    await writeJob(store, order('0101'));
    expect((await work()).state).toBe('done');
    expect(await countOf(store, 'messages', '1')).toBe(before);
  });

  it('takes bytes that nobody could read, when the number stands in them', async () => {
    const row = (n: number, bytes: string) => ({
      ...{
        id: `000000000000000${n}`,
        at: 1,
        arrived: Date.now() * 1000,
        source: 'hep-udp',
        peer: 'p',
        reason: 'not_hep',
      },
      bytes: Buffer.from(bytes),
    });
    await store.insert('unreadable', [row(1, `junk ${DIGITS}`), row(2, 'other junk')], 'u');
    await writeJob(store, order());
    await work();
    expect(await countOf(store, 'unreadable', '1')).toBe(1);
  });
});
