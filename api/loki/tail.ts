import { setTimeout as sleep } from 'node:timers/promises';
import { conditionsOf, Params } from './conditions.ts';
import type { LegDeps } from './legs.ts';
import { columnsOf, linesOf, type Plan, type Row, readRows } from './lines.ts';
import { PLACES } from './places.ts';
import { makePlan } from './plan.ts';
import { type Stream, streamsOf } from './streams.ts';
import type { LogQuery } from './syntax.ts';

/** One frame as Loki writes it. */
export interface TailFrame {
  readonly streams: readonly Stream[];
  readonly dropped_entries: readonly DroppedEntry[] | null;
}

export interface DroppedEntry {
  readonly labels: Readonly<Record<string, string>>;
  readonly timestamp: string;
}

/** Who listens. */
export interface TailClient {
  /** Bytes that were sent off and not taken yet. */
  pending(): number;
  send(frame: TailFrame): void;
}

/** Between two looks: a new line must be seen within a second of being stored. */
const EVERY_MS = 400;
/** Rows are stored some time after they arrived: a batch waits for company, and longer when the store is away. */
const OVERLAP_US = 30_000_000;
/** The same when a client comes, as a batch may be on its way. */
const BEFORE_US = 2_000_000;
const HOUR_NS = 3_600_000_000_000n;
/** Lines of one frame; more at once cannot be read by a person. */
const MAX_LINES = 500;
/** Keys that one look may find; what is beyond them is dropped. */
const MAX_KEYS = 5000;
/** A client with this much on its way is slow: its lines are dropped, and it is told so. */
const MAX_PENDING = 1_000_000;
/** Dropped lines that are told one by one. */
const MAX_TOLD = 100;
/** A call may grow by legs: they are looked up anew this often. */
const TURNS_A_PLAN = 5;

/**
 * Sends every line that is stored from now on and matches, until the signal aborts.
 *
 * @throws HttpProblem 400 before anything is sent, StoreError when the store fails
 */
export async function tail(
  query: LogQuery,
  client: TailClient,
  deps: LegDeps & { readonly signal: AbortSignal },
): Promise<void> {
  const { signal } = deps;
  try {
    await look(query, client, deps);
  } catch (error) {
    // The client went away in the middle of a question.
    if (!signal.aborted) throw error;
  }
}

async function look(
  query: LogQuery,
  client: TailClient,
  deps: LegDeps & { readonly signal: AbortSignal },
): Promise<void> {
  const { signal } = deps;
  const startUs = Date.now() * 1000;
  /** Rows that were seen, by when: older ones cannot be found again. */
  const seen = new Map<string, number>();
  let plan: Plan | undefined;
  for (let turn = 0; !signal.aborted; turn++) {
    const nowUs = Date.now() * 1000;
    const sinceUs = Math.max(startUs - BEFORE_US, nowUs - OVERLAP_US);
    if (plan === undefined || turn % TURNS_A_PLAN === 0) {
      const endNs = BigInt(nowUs) * 1000n;
      plan = await makePlan(query, { startNs: endNs - HOUR_NS, endNs }, deps);
    }
    // What was stored before the client came is no news.
    const fresh = await readFresh(plan, sinceUs, turn === 0 ? startUs : 0, seen, nowUs);
    if (fresh.rows.length + fresh.dropped.length > 0) await send(plan, fresh, client);
    for (const [key, us] of seen) if (us < nowUs - 2 * OVERLAP_US) seen.delete(key);
    await sleep(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

interface Fresh {
  readonly rows: readonly Row[];
  readonly keys: number;
  readonly dropped: readonly Row[];
}

/** What was stored since the last look: first its keys, then the rows that are new among them. */
async function readFresh(
  plan: Plan,
  sinceUs: number,
  /** Rows that arrived earlier are noted, and not shown. */
  newsUs: number,
  seen: Map<string, number>,
  nowUs: number,
): Promise<Fresh> {
  const found = await Promise.all(
    PLACES.filter((place) => !plan.scope.isEmpty(place)).map(async (place) => {
      const params = new Params();
      const { where } = conditionsOf(plan.query, place, plan.scope, plan.matchesEmpty, params);
      const arrived = `arrived >= fromUnixTimestamp64Micro(${params.bind(sinceUs, 'Int64')})`;
      const keys = await plan.store.select<{ key: string; us: number }>(
        `SELECT lower(hex(id)) AS key, toUnixTimestamp64Micro(arrived) AS us FROM ${place.table} WHERE ${arrived} AND ${where}
         ORDER BY arrived DESC LIMIT ${params.bind(MAX_KEYS, 'UInt32')}`,
        params.values,
        plan.options,
      );
      const fresh = new Set<string>();
      for (const { key, us } of keys) {
        if (seen.has(`${place.table}${key}`)) continue;
        seen.set(`${place.table}${key}`, nowUs);
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
    }),
  );
  const rows = found.flatMap((one) => one.rows).sort((a, b) => a.atUs - b.atUs);
  const late = rows.length - MAX_LINES;
  return {
    rows: rows.slice(Math.max(0, late)),
    keys: found.reduce((sum, one) => sum + one.keys, 0),
    dropped: rows.slice(0, Math.max(0, late)),
  };
}

async function send(plan: Plan, { rows, keys, dropped }: Fresh, client: TailClient): Promise<void> {
  const slow = client.pending() > MAX_PENDING;
  const lines = await linesOf(plan, slow ? rows.slice(0, MAX_TOLD) : rows);
  const lost = await linesOf(plan, dropped.slice(0, MAX_TOLD));
  const left = slow ? [...lost, ...lines] : lost;
  const told = left.slice(0, MAX_TOLD).map(({ atUs, stream }) => ({ labels: stream, timestamp: `${atUs}000` }));
  const any = slow || dropped.length > 0 || keys > rows.length;
  client.send({ streams: slow ? [] : streamsOf(lines, false), dropped_entries: any ? told : null });
}
