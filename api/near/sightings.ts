import { shownAddress } from '../../core/call/read/address.ts';
import type { Sighting } from '../../core/clock/homes.ts';
import type { SelectOptions, Store } from '../../core/store/store.ts';
import { readNear, type Window } from './near.ts';

/** Dialogs that clocks are compared by: some of each sixtieth of the time. */
const SAMPLE = { parts: 60, each: 5 } as const;
const MAX_ROWS = 50_000;

type Row = Omit<Sighting, 'atUs' | 'arrivedUs' | 'srcIp' | 'dstIp'> & {
  readonly at_us: string | number;
  readonly arrived_us: string | number;
  readonly src: string;
  readonly dst: string;
};

/** Who saw what of some dialogs that ended in a window. */
export async function readSightings(store: Store, window: Window, options: SelectOptions): Promise<Sighting[]> {
  const callIds = await readNear(store, window, SAMPLE, options);
  if (callIds.length === 0) return [];
  const rows = await store.select<Row>(
    `SELECT sensor, toUnixTimestamp64Micro(at) AS at_us, toUnixTimestamp64Micro(arrived) AS arrived_us, call_id AS callId,
            cseq, cseq_method AS cseqMethod, status, lower(hex(sipHash64(payload))) AS digest, toString(src_ip) AS src,
            toString(dst_ip) AS dst
     FROM messages WHERE call_id IN {callIds:Array(String)} AND protocol = 1
     LIMIT 1 BY call_id, at, id LIMIT {limit:UInt32}`,
    { callIds, limit: MAX_ROWS },
    options,
  );
  return rows.map(({ at_us, arrived_us, src, dst, ...row }) => ({
    ...row,
    atUs: Number(at_us),
    arrivedUs: Number(arrived_us),
    srcIp: shownAddress(src),
    dstIp: shownAddress(dst),
  }));
}
