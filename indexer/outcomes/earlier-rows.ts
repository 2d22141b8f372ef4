import type { Store } from '../../core/store/store.ts';

/** Lists of identifiers are cut for one statement. */
const CHUNK = 5000;

/** Until when the list's rows of these calls knew what happened, epoch µs; calls without a row are left out. */
export async function readKnownUntil(store: Store, ids: readonly string[]): Promise<Map<string, number>> {
  const until = new Map<string, number>();
  for (let from = 0; from < ids.length; from += CHUNK) {
    const rows = await store.select<{ id: string; us: string | number }>(
      `SELECT id, toUnixTimestamp64Micro(max(until)) AS us FROM calls
       WHERE id IN {ids:Array(String)} AND gone = 0 GROUP BY id`,
      { ids: ids.slice(from, from + CHUNK) },
      { maxSeconds: 60 },
    );
    for (const { id, us } of rows) until.set(id, Number(us));
  }
  return until;
}

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
