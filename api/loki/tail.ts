import { setTimeout as sleep } from 'node:timers/promises';
import type { News, Word } from '../../core/runtime/news.ts';
import type { LegDeps } from './legs.ts';
import { type Plan, readLines } from './lines.ts';
import { makePlan } from './plan.ts';
import type { LogQuery } from './syntax.ts';
import type { TailClient } from './tail-client.ts';
import { readFresh, type Seen } from './tail-fresh.ts';

export interface TailRequest {
  readonly query: LogQuery;
  /** Lines that were there already are sent first from this moment on, in ns, the newest `limit` of them; none without. */
  readonly startNs?: bigint;
  readonly limit: number;
  /** A line is shown when it arrived this long ago, so that what came a little later can stand before it. */
  readonly delayMs: number;
}

export interface TailDeps extends LegDeps {
  readonly news: News;
  readonly signal: AbortSignal;
  /** Milliseconds that lie between two looks at least. */
  readonly betweenMs: () => number;
}

/** Between two looks at the store where nobody tells that there is something new, or where it is not due yet. */
const EVERY_MS = 400;
/** How long to wait for word where every writer gives it. */
const WORD_MS = 60_000;
/** Without word: rows are stored some time after they arrived, as a batch waits for company, longer when the store is away. */
const OVERLAP_US = 30_000_000;
/** The same when a client comes, as a batch may be on its way. */
const BEFORE_US = 2_000_000;
const HOUR_NS = 3_600_000_000_000n;
/** A call may grow by legs, which are looked up anew this often. */
const PLAN_MS = 800;

/**
 * Sends every line that is stored from now on and matches, until the signal aborts.
 *
 * @throws HttpProblem 400 before anything is sent, StoreError when the store fails
 */
export async function tail(request: TailRequest, client: TailClient, deps: TailDeps): Promise<void> {
  const watcher = deps.news.watch();
  try {
    await look(request, client, deps, watcher.next);
  } catch (error) {
    // The client went away in the middle of a question.
    if (!deps.signal.aborted) throw error;
  } finally {
    watcher.end();
  }
}

async function look(
  { query, startNs, limit, delayMs }: TailRequest,
  client: TailClient,
  deps: TailDeps,
  next: (ms: number, signal: AbortSignal) => Promise<Word | undefined>,
): Promise<void> {
  const { signal, news } = deps;
  /** Only what arrived since is looked at: with each word, or by the clock. */
  const byWord = news.complete && delayMs === 0;
  const startUs = Date.now() * 1000;
  const seen: Seen = new Map();
  let plan: Plan | undefined;
  let plannedMs = 0;
  let since: Pick<Word, 'sinceUs'> & Partial<Word> = { sinceUs: startUs - BEFORE_US };
  let isFirst = true;
  while (!signal.aborted) {
    const began = performance.now();
    const nowUs = Date.now() * 1000;
    if (plan === undefined || began - plannedMs > PLAN_MS) {
      const endNs = BigInt(nowUs) * 1000n;
      plan = await makePlan(query, { startNs: endNs - HOUR_NS, endNs }, deps, true);
      plannedMs = began;
    }
    // What was stored before the client came is no news.
    const wanted = { ...since, untilUs: nowUs - delayMs * 1000, newsUs: isFirst ? startUs : 0 };
    const fresh = await readFresh(plan, wanted, seen);
    if (isFirst && startNs !== undefined) {
      const window = { startNs, endNs: BigInt(nowUs) * 1000n };
      const before = startNs < window.endNs ? await readLines(plan, { window, limit, direction: 'backward' }) : [];
      for (const { id } of before) seen.set(id, nowUs);
      client.show(before.reverse(), [], false);
    }
    isFirst = false;
    await client.take(plan, fresh);
    for (const [id, us] of seen) if (us < nowUs - 2 * OVERLAP_US) seen.delete(id);
    // A look that takes long is not followed by the next at once: other questions must have their turn.
    const pauseMs = Math.max(deps.betweenMs(), performance.now() - began);
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
    let word = await next(byWord ? WORD_MS : EVERY_MS, signal);
    while (byWord && word === undefined && !signal.aborted) word = await next(WORD_MS, signal);
    const overlapUs = Math.max(startUs - BEFORE_US, Date.now() * 1000 - delayMs * 1000 - OVERLAP_US);
    since = byWord && word !== undefined ? word : { sinceUs: Math.min(word?.sinceUs ?? overlapUs, overlapUs) };
  }
}
