import { READ_LAST } from '../../core/store/cluster.ts';
import type { Store } from '../../core/store/store.ts';

/** Until when everything that was written is put together, epoch µs, 0 for nothing; and the version of the rows then. */
export async function readProgress(store: Store): Promise<{ readonly linkedUs: number; readonly version: number }> {
  const [row] = await store.select<{ us: number | string; last: number | string }>(
    `SELECT toUnixTimestamp64Micro(argMax(linked_until, version)) AS us, max(version) AS last FROM linker
     WHERE name = 'calls' ${READ_LAST}`,
  );
  return { linkedUs: Number(row?.us ?? 0), version: Number(row?.last ?? 0) };
}

export async function writeProgress(store: Store, untilUs: number, version: number): Promise<void> {
  await store.insert(
    'linker',
    [{ name: 'calls', linked_until: untilUs, version, arrived: untilUs }],
    `linker ${version}`,
  );
}
