import { MAX_POINTS, type Steps } from './metric.ts';
import { durationNs, timeNs, type Window } from './read-times.ts';
import { refused } from './refusal.ts';
import type { TailRequest } from './tail.ts';

/** What an answer may hold, and the parameters that say so. */

const MAX_LINES = 5000;

/** Loki writes moments of metrics as seconds, with a fraction where there is one. */
export const secondsOf = (ns: bigint): number => Number(ns / 1_000_000n) / 1000;

/** How many lines are wanted. */
export function limitOf(text: string | undefined, fallback: number): number {
  if (text === undefined || text === '') return fallback;
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1) throw refused('limit must be a positive value');
  if (limit > MAX_LINES) {
    throw refused(
      `max entries limit per query exceeded, limit > max_entries_limit_per_query (${limit} > ${MAX_LINES})`,
    );
  }
  return limit;
}

const TAIL_LINES = 100;
/** Seconds that a tail may lag behind, as Loki has it. */
const MAX_DELAY = 5;

/** What a live tail is asked for beside its query. */
export function tailOf(said: {
  readonly start: string | undefined;
  readonly limit: string | undefined;
  readonly delayFor: string | undefined;
}): Omit<TailRequest, 'query'> {
  const startNs = timeNs('start', said.start);
  const seconds = Number(said.delayFor ?? 0);
  if (!Number.isInteger(seconds) || seconds < 0) throw refused('delay_for must be a number of seconds');
  if (seconds > MAX_DELAY) throw refused(`delay_for can't be greater than ${MAX_DELAY}`);
  return {
    ...(startNs === undefined ? {} : { startNs }),
    limit: limitOf(said.limit, TAIL_LINES),
    delayMs: seconds * 1000,
  };
}

/** The moments of a range query: from its start, a step apart, to its end. */
export function stepsOf({ startNs, endNs }: Window, text: string | undefined): Steps {
  const stepNs = stepNsOf(text, endNs - startNs);
  const count = Number((endNs - startNs) / stepNs) + 1;
  if (count > MAX_POINTS) {
    throw refused(
      `exceeded maximum resolution of ${MAX_POINTS} points per timeseries. Try decreasing the query resolution (?step=XX)`,
    );
  }
  return { firstNs: startNs, stepNs, count };
}

function stepNsOf(text: string | undefined, length: bigint): bigint {
  // As many points as Loki draws where none is said.
  if (text === undefined || text === '') return length / 250n > SECOND ? length / 250n : SECOND;
  const stepNs = /^\d+(\.\d+)?$/.test(text) ? BigInt(Math.round(Number(text) * 1e9)) : durationNs(text);
  if (stepNs === undefined) throw refused(`cannot parse "${text.slice(0, 40)}" to a valid duration`);
  if (stepNs <= 0n)
    throw refused('zero or negative query resolution step widths are not accepted. Try a positive integer');
  return stepNs;
}

const SECOND = 1_000_000_000n;
