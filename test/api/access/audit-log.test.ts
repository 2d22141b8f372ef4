import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { written } from '../../../api/access/about.ts';
import { type AuditRow, createAuditLog } from '../../../api/access/audit-log.ts';
import { StoreError } from '../../../core/store/store.ts';
import { openSite, type Site } from './served.ts';

const row: AuditRow = {
  ...{ at: 1, who: 'rita', via: 'basic', through: '', address: '192.0.2.7', action: 'search' },
  ...{ about: 'x', numbers: '', reason: '', status: 200 },
};

function away(error: Error | Promise<never>, maxWaiting?: number) {
  const registry = new Registry();
  const errors: string[] = [];
  const log = { info: () => {}, warn: () => {}, error: (text: string) => void errors.push(text) };
  const insert = () => (error instanceof Error ? Promise.reject(error) : error);
  const audit = createAuditLog({
    ...{ store: { insert }, registry, log, lastMs: 50 },
    ...(maxWaiting === undefined ? {} : { maxWaiting }),
  });
  const lost = async (reason: string): Promise<number> => {
    const values = (await registry.getSingleMetric('calltrail_audit_lost_total')?.get())?.values ?? [];
    return values.find(({ labels }) => labels.reason === reason)?.value ?? 0;
  };
  return { audit, errors, lost };
}

describe('rows of the audit that cannot be stored', () => {
  test('are counted and told when the process stops before the store is back', async () => {
    const { audit, errors, lost } = away(new StoreError('unreachable', 'it is away'));
    for (let i = 0; i < 3; i++) audit.write(row);
    await audit.close();
    expect(await lost('store_away')).toBe(3);
    expect(errors.at(-1)).toBe('3 rows of the audit are lost: it is away');
  });

  test('are counted and told when the store refuses them', async () => {
    const { audit, errors, lost } = away(new StoreError('refused', 'no such table'));
    audit.write(row);
    await audit.close();
    expect([await lost('refused'), errors]).toEqual([1, ['1 rows of the audit are lost: no such table']]);
  });

  test('are counted and told when the process stops while the store neither takes nor refuses them', async () => {
    const { audit, errors, lost } = away(new Promise<never>(() => {}));
    audit.write(row);
    await audit.close();
    expect([await lost('store_away'), errors.at(-1)]).toEqual([1, '1 rows of the audit are lost: it does not answer']);
  });

  test('are counted when more wait than may', async () => {
    const { audit, errors, lost } = away(new StoreError('unreachable', 'it is away'), 5 * 400);
    for (let i = 0; i < 9; i++) audit.write({ ...row, about: 'x'.repeat(100) });
    expect(await lost('queue_full')).toBe(4);
    expect(errors).toEqual(['too much of the audit waits for the store: what comes now is lost']);
    await audit.close();
    expect(await lost('store_away')).toBe(5);
  });
});

describe('rows of the audit while the store is away', () => {
  let site: Site;
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site.close());

  test('wait for it, are told of once, and are neither lost nor doubled when replies are lost', async () => {
    const { store } = site;
    let isAway = true;
    let tries = 0;
    const heard = new Set<string>();
    const errors: string[] = [];
    const registry = new Registry();
    const audit = createAuditLog({
      ...{ registry, lingerMs: 1, pauseMs: 5 },
      log: { info: () => {}, warn: () => {}, error: (text: string) => void errors.push(text) },
      store: {
        async insert(table, rows, token) {
          tries += 1;
          if (isAway) throw new StoreError('unreachable', 'it is away');
          await store.insert(table, rows, token);
          if (heard.has(token)) return;
          heard.add(token);
          throw new StoreError('unreachable', 'the reply was lost');
        },
      },
    });
    const metric = async (name: string): Promise<number | undefined> =>
      (await registry.getSingleMetric(name)?.get())?.values[0]?.value;
    for (let i = 0; i < 2500; i++) audit.write({ ...row, about: `search ${i}` });
    await expect.poll(() => tries, { timeout: 15_000 }).toBeGreaterThan(2);
    expect([errors, await metric('calltrail_audit_waiting')]).toEqual([
      ['the audit waits for the store: it is away'],
      2500,
    ]);
    isAway = false;
    await expect.poll(() => metric('calltrail_audit_stored_total'), { timeout: 15_000 }).toBe(2500);
    await audit.close();
    expect([heard.size, await metric('calltrail_audit_lost_total')]).toEqual([3, undefined]);
    const [counts] = await store.select(
      'SELECT count() AS rows, uniqExact(about) AS texts, uniqExact(id) AS ids FROM audit',
    );
    expect(counts).toEqual({ rows: 2500, texts: 2500, ids: 2500 });
    audit.write(row);
    expect(errors.at(-1)).toBe('1 rows of the audit are lost: it came after the end');
  });
});

describe('what is written down of a text', () => {
  test.each([
    ['+49 (30) 555-0101', ' 49305550101 '],
    ['0049305550101', ' 49305550101 '],
    ['{number="+49 30 5550101"} |= "030/5550102"', ' 49305550101 305550102 '],
    ['alice', ''],
    ['', ''],
    ['status 20', ''],
  ])('the numbers of %j are %j', (text, numbers) => {
    expect(written(text).numbers).toBe(numbers);
  });

  test('a number at the end of a long text is found, though the text is cut', () => {
    const { about, numbers } = written(`${'x'.repeat(15_000)} +49305550101`);
    expect([about.length, numbers]).toEqual([2001, ' 49305550101 ']);
  });

  test('half a character is no reason to lose a row', () => {
    expect(written('a\ud800b').about).toBe('a\ufffdb');
    expect(written(`${'x'.repeat(1999)}😀`).about.isWellFormed()).toBe(true);
  });
});
