import type { Store } from '../../core/store/store.ts';
import type { TableName } from '../../core/store/tables.ts';

/**
 * Deletes what fits, and answers how many rows those were. One statement at a time, and it is waited for: the engine's
 * queue of mutations never has more than one of ours.
 * - rewrite: the bytes are gone with the parts that held them, which the engine removes some minutes later
 * - mark: rows are only hidden, and dropped when parts are merged: cheap, for what is merely old
 */
export async function deleteWhere(
  store: Store,
  table: TableName,
  where: string,
  how: 'rewrite' | 'mark',
): Promise<number> {
  const [found] = await store.select<{ n: number | string }>(`SELECT count() AS n FROM ${table} WHERE ${where}`);
  const rows = Number(found?.n ?? 0);
  if (rows === 0) return 0;
  await store.command(
    how === 'rewrite'
      ? `ALTER TABLE ${table} DELETE WHERE ${where} SETTINGS mutations_sync = 2`
      : `DELETE FROM ${table} WHERE ${where}`,
  );
  return rows;
}
