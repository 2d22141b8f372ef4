import type { NodeKey } from '../model/edge.ts';
import type { SelectOptions, Store } from '../store/store.ts';

/** A call that must not go, whatever retention says. */
export interface Hold {
  /** The Call-ID or channel that it is held by. */
  readonly call: string;
  readonly version: number;
  readonly sinceUs: number;
  readonly who: string;
  readonly reason: string;
  /** Its legs, as far as they are known. */
  readonly nodes: readonly NodeKey[];
}

interface HoldRow {
  call: string;
  version: number | string;
  since_us: number | string;
  who: string;
  reason: string;
  nodes: string;
  released: number;
}

/** Those that are not released, the oldest first. */
export async function readHolds(store: Store, options?: SelectOptions): Promise<Hold[]> {
  const rows = await store.select<HoldRow>(
    `SELECT * FROM (
       SELECT call, version, toUnixTimestamp64Micro(since) AS since_us, who, reason, nodes, released FROM holds
       ORDER BY version DESC LIMIT 1 BY call
     ) WHERE released = 0 ORDER BY since_us, call`,
    {},
    options,
  );
  return rows.map(({ call, version, since_us, who, reason, nodes }) => ({
    ...{ call, who, reason, version: Number(version), sinceUs: Number(since_us) },
    nodes: JSON.parse(nodes) as NodeKey[],
  }));
}

export async function writeHold(store: Store, hold: Hold, released = false): Promise<void> {
  const { call, version, sinceUs, who, reason, nodes } = hold;
  const row = { call, version, arrived: version, since: sinceUs, who, reason };
  const rest = { nodes: JSON.stringify(nodes), released: released ? 1 : 0 };
  await store.insert('holds', [{ ...row, ...rest }], `hold ${call} ${version}`);
}
