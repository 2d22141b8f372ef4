import type { Store } from '../../core/store/store.ts';

/** A call that was answered and had not ended when it was last put together. */
export interface OpenCall {
  readonly id: string;
  readonly tenant: string;
  readonly answeredUs: number;
}

/** Calls that are going on, as far as the list knows, and were answered since. At most `limit` of them, the youngest first. */
export async function readOpenCalls(store: Store, sinceUs: number, limit: number): Promise<OpenCall[]> {
  const rows = await store.select<{ id: string; tenant: string; us: string | number }>(
    `SELECT id, tenant, toUnixTimestamp64Micro(answered) AS us FROM calls FINAL
     WHERE gone = 0 AND outcome = 'in_progress' AND answered >= fromUnixTimestamp64Micro({since:Int64})
     ORDER BY answered DESC LIMIT {limit:UInt32}`,
    { since: Math.max(0, Math.trunc(sinceUs)), limit },
    { maxSeconds: 10 },
  );
  return rows.map(({ id, tenant, us }) => ({ id, tenant: tenant === '' ? 'none' : tenant, answeredUs: Number(us) }));
}
