import type { Store } from '../../core/store/store.ts';
import type { CountedCalls } from './series.ts';

/** All that is known of one minute once it is judged. */
export interface KnownMinute {
  readonly minute: number;
  readonly calls: readonly CountedCalls[];
  /** Who was heard, "kind:name", and in which thirds. */
  readonly heard: ReadonlyMap<string, number>;
  /** Stretches in which a switch's events were missing, by its name. */
  readonly gaps: readonly string[];
  /** Whether all calls of it were counted in time. */
  readonly counted: boolean;
}

const MINUTE_US = 60_000_000;
const ONE_AT_A_TIME = { maxSeconds: 60 } as const;

/**
 * The minutes from `from` to `until`, both included. What arrived later than `watermarkUs` after the end of its minute is
 * left out, whenever this is asked: a minute that is read again is the same.
 */
export async function readMinutes(
  store: Store,
  from: number,
  until: number,
  watermarkUs: number,
): Promise<KnownMinute[]> {
  const between = {
    ...{ from, until, watermark: watermarkUs },
    // Rows lie by the day of their arrival: at the earliest some minutes before theirs, as clocks differ.
    arrivedFrom: (from - 10) * MINUTE_US,
    arrivedUntil: (until + 1) * MINUTE_US + watermarkUs,
  };
  const inTime = `minute BETWEEN {from:UInt32} AND {until:UInt32}
    AND arrived BETWEEN fromUnixTimestamp64Micro({arrivedFrom:Int64}) AND fromUnixTimestamp64Micro({arrivedUntil:Int64})
    AND toUnixTimestamp64Micro(arrived) <= (toInt64(minute) + 1) * ${MINUTE_US} + {watermark:Int64}`;
  const [calls, heard, gaps] = await Promise.all([
    store.select<CallRow>(
      `SELECT minute, tenant, trunk, node, sensors, root, sum(attempts) AS n, sumIf(attempts, class = 'network') AS x
       FROM outcomes WHERE ${inTime} GROUP BY minute, tenant, trunk, node, sensors, root
       ORDER BY minute, tenant, trunk, node, sensors, root`,
      between,
      ONE_AT_A_TIME,
    ),
    store.select<{ minute: number; kind: string; name: string; bits: number }>(
      `SELECT minute, kind, name, groupBitOr(thirds) AS bits FROM heard WHERE ${inTime} GROUP BY minute, kind, name
       ORDER BY minute, kind, name`,
      between,
      ONE_AT_A_TIME,
    ),
    store.select<{ node: string; began: number | string; ended: number | string }>(
      `SELECT node, toUnixTimestamp64Micro(since) AS began, toUnixTimestamp64Micro(until) AS ended FROM gaps
       WHERE stream = 'events' AND since < fromUnixTimestamp64Micro({gapUntil:Int64})
         AND until >= fromUnixTimestamp64Micro({gapFrom:Int64})
         AND arrived BETWEEN fromUnixTimestamp64Micro({arrivedFrom:Int64}) AND fromUnixTimestamp64Micro({arrivedUntil:Int64})
       ORDER BY began, node LIMIT 10000`,
      { ...between, gapFrom: from * MINUTE_US, gapUntil: (until + 1) * MINUTE_US },
      ONE_AT_A_TIME,
    ),
  ]);
  const minutes = Array.from({ length: until - from + 1 }, (_, i) => newMinute(from + i));
  for (const { minute, n, x, root, ...labels } of calls) {
    minutes[minute - from]?.calls.push({ ...labels, root: root === 1, attempts: Number(n), failed: Number(x) });
  }
  for (const { minute, kind, name, bits } of heard) {
    const known = minutes[minute - from];
    if (known === undefined) continue;
    if (kind === 'calls') known.counted = true;
    else known.heard.set(`${kind}:${name}`, bits);
  }
  for (const { node, began, ended } of gaps) {
    const last = Math.min(until, Math.floor(Number(ended) / MINUTE_US));
    for (let at = Math.max(from, Math.floor(Number(began) / MINUTE_US)); at <= last; at++)
      minutes[at - from]?.gaps.push(node);
  }
  return minutes;
}

interface CallRow {
  readonly minute: number;
  readonly tenant: string;
  readonly trunk: string;
  readonly node: string;
  readonly sensors: string;
  readonly root: number;
  readonly n: number | string;
  readonly x: number | string;
}

const newMinute = (minute: number) => ({
  minute,
  calls: [] as CountedCalls[],
  heard: new Map<string, number>(),
  gaps: [] as string[],
  counted: false,
});

/** The first minute, not before `least`, of which all calls were counted, be it none; undefined when there is no such minute. */
export async function readFirstMinute(store: Store, least: number): Promise<number | undefined> {
  const [row] = await store.select<{ first: number; rows: number | string }>(
    "SELECT min(minute) AS first, count() AS rows FROM heard WHERE kind = 'calls' AND minute >= {least:UInt32}",
    { least },
    ONE_AT_A_TIME,
  );
  return row === undefined || Number(row.rows) === 0 ? undefined : row.first;
}
