import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { written } from '../../../api/access/about.ts';
import { type AuditRow, createAuditLog } from '../../../api/access/audit-log.ts';
import { StoreError } from '../../../core/store/store.ts';

const row: AuditRow = {
  ...{ at: 1, who: 'rita', via: 'basic', through: '', address: '192.0.2.7', action: 'search' },
  ...{ about: 'x', numbers: '', reason: '', status: 200 },
};

function away(error: Error, maxWaiting?: number) {
  const registry = new Registry();
  const errors: string[] = [];
  const log = { info: () => {}, warn: () => {}, error: (text: string) => void errors.push(text) };
  const insert = () => Promise.reject(error);
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

  test('are counted when more wait than may', async () => {
    const { audit, lost } = away(new StoreError('unreachable', 'it is away'), 5);
    for (let i = 0; i < 9; i++) audit.write(row);
    expect(await lost('queue_full')).toBe(4);
    await audit.close();
    expect(await lost('store_away')).toBe(5);
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
