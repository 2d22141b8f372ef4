import { type Store, StoreError } from '../store.ts';
import type { Hold } from './lease.ts';

/** The store for work that only the holder of a lease may do: whoever has lost it reads, and writes nothing. */
export function heldStore(store: Store, { held }: Pick<Hold, 'held'>): Store {
  const whileHeld = <T>(write: () => Promise<T>): Promise<T> =>
    held()
      ? write()
      : Promise.reject(new StoreError('refused', 'nothing is written: another process may do this work by now'));
  return {
    ...store,
    insert: (table, rows, token) => whileHeld(() => store.insert(table, rows, token)),
    insertBlock: (block, token) => whileHeld(() => store.insertBlock(block, token)),
    command: (sql) => whileHeld(() => store.command(sql)),
  };
}
