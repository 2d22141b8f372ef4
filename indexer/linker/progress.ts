import type { Store } from '../../core/store/store.ts';

/** How far the linker has come. */
export interface Progress {
  /** Until when everything that was written is put together; epoch µs, 0 for nothing. */
  readonly untilUs: number;
  /** The highest that was written. */
  readonly version: number;
}

export async function readProgress(store: Store): Promise<Progress> {
  const [row] = await store.select<{ us: number | string; newest: number | string }>(
    `SELECT toUnixTimestamp64Micro(argMax(linked_until, version)) AS us, max(version) AS newest
     FROM linker WHERE name = 'calls'`,
  );
  return { untilUs: Number(row?.us ?? 0), version: Number(row?.newest ?? 0) };
}

export async function writeProgress(store: Store, untilUs: number, version: number): Promise<void> {
  await store.insert(
    'linker',
    [{ name: 'calls', linked_until: untilUs, version, arrived: untilUs }],
    `linker ${version}`,
  );
}
