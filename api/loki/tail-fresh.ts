import { Params } from './conditions.ts';
import { columnsOf, type Plan, type Row, readRows } from './lines.ts';
import { PLACES, type Place } from './places.ts';
import { rowsOf } from './seen.ts';

/** Ids of rows that a tail knows, by when it saw them in epoch µs: those that are too old cannot be found again. */
export type Seen = Map<string, number>;

export interface FreshWanted {
  /** When rows arrived that may be new, in epoch µs: from here, until before there. */
  readonly sinceUs: number;
  readonly untilUs: number;
  /** Rows that arrived earlier are noted, and not shown. */
  readonly newsUs: number;
  /** Only these tables have any; all may when it is not known. */
  readonly tables?: ReadonlySet<string>;
}

export interface Fresh {
  /** Oldest first. */
  readonly rows: readonly Row[];
  /** Those that are too many to be shown, as far as they were read. */
  readonly dropped: readonly Row[];
  /** More were dropped than were read. */
  readonly more: boolean;
}

/** Lines of one look; more at once cannot be read by a person. */
const MAX_LINES = 500;
/** Keys that one look may find; what is beyond them is dropped. */
const MAX_KEYS = 5000;

/** What was stored since the last look: first its keys, then the rows that are new among them. */
export async function readFresh(plan: Plan, wanted: FreshWanted, seen: Seen): Promise<Fresh> {
  const found = await Promise.all(
    PLACES.filter((place) => wanted.tables?.has(place.table) !== false && !plan.scope.isEmpty(place)).map((place) =>
      readPlace(plan, place, wanted, seen),
    ),
  );
  const rows = found.flatMap((one) => one.rows).sort((a, b) => a.atUs - b.atUs);
  const late = Math.max(0, rows.length - MAX_LINES);
  const keys = found.reduce((sum, one) => sum + one.keys, 0);
  return { rows: rows.slice(late), dropped: rows.slice(0, late), more: keys > rows.length };
}

async function readPlace(
  plan: Plan,
  place: Place,
  { sinceUs, untilUs, newsUs }: FreshWanted,
  seen: Seen,
): Promise<{ readonly rows: readonly Row[]; readonly keys: number }> {
  const params = new Params();
  const moment = (us: number): string => `fromUnixTimestamp64Micro(${params.bind(us, 'Int64')})`;
  const time = `arrived >= ${moment(sinceUs)} AND arrived < ${moment(untilUs)}`;
  const { where } = rowsOf(plan, place, time, params);
  const keys = await plan.store.select<{ key: string; us: number }>(
    `SELECT lower(hex(id)) AS key, toUnixTimestamp64Micro(arrived) AS us FROM ${place.table}
     WHERE ${where}
     ORDER BY arrived DESC LIMIT ${params.bind(MAX_KEYS, 'UInt32')}`,
    params.values,
    plan.options,
  );
  const fresh = new Set<string>();
  for (const { key, us } of keys) {
    if (seen.has(key)) continue;
    seen.set(key, untilUs);
    if (us >= newsUs) fresh.add(key);
  }
  if (fresh.size === 0) return { rows: [], keys: 0 };
  // The newest ones, as one look shows no more.
  const shown = new Params();
  const ids = shown.bind([...fresh].slice(0, MAX_LINES), 'Array(String)');
  const rows = await readRows(plan, place, {
    sql: `SELECT ${columnsOf(place)} FROM ${place.table}
      WHERE arrived >= fromUnixTimestamp64Micro(${shown.bind(sinceUs, 'Int64')}) AND lower(hex(id)) IN ${ids}
      ORDER BY at, id${place.table === 'events' ? ', whole DESC' : ''} LIMIT 1 BY id`,
    params: shown.values,
  });
  return { rows, keys: fresh.size };
}
