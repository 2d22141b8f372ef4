import type { Places } from '../../core/call/far-side.ts';
import { type NodeKey, nodeText } from '../../core/model/edge.ts';
import type { Log } from '../../core/runtime/log.ts';
import type { Metrics } from '../../core/runtime/metrics.ts';
import { reasonOf } from '../../core/runtime/reason.ts';
import type { Store } from '../../core/store/store.ts';
import { type Attempt, attemptsOf, type SeenCall } from './attempt.ts';
import { createCounted } from './counted.ts';
import { readOpenCalls } from './earlier-rows.ts';
import { createOpenCalls, MAX_OPEN } from './open-calls.ts';
import type { Final } from './outcome-class.ts';
import { createOutcomeCounters, NO_ANSWER_AT_ALL } from './outcome-counters.ts';
import { createOutcomeRows } from './outcome-rows.ts';

interface Waiting {
  readonly attempt: Attempt;
  readonly final: Final;
  readonly dueUs: number;
}

/** What the linker tells of the calls that it puts together. */
export interface CallsWatched {
  /**
   * Calls as they are known now, before their rows are written; the same call comes again and again.
   * @param callOf the call that a leg was written in before; undefined for none
   */
  saw(calls: readonly SeenCall[], callOf: (node: NodeKey) => string | undefined, nowUs: number): Promise<void>;
  /**
   * A pass is over: what it told of is shown and stored.
   * @param untilUs calls that had their final answer until then have all been told; absent for a pass that was cut short
   * @returns whether all that was counted is stored: else what was heard must be heard again by the next process
   */
  passed(nowUs: number, untilUs?: number): Promise<boolean>;
}

export interface OutcomesDeps {
  readonly store: Store;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly places: Places;
  readonly maxLabelValues: number;
  /** When counting began; epoch µs. */
  readonly sinceUs: number;
}

/** A final answer that is older when it is first heard of is history (an import, a store that was away), not the present. */
export const LATE_US = 300_000_000;
/** An INVITE without any answer is given up after 64 × T1, 32 s (RFC 3261 timer B); twice that, as sensors may be late. */
export const UNANSWERED_US = 64_000_000;
/** An answered call without an end is believed for so long. */
export const OPEN_US = 4 * 3_600_000_000;
const MINUTE_US = 60_000_000;
/** Minutes that are noted at once: what was counted later than that is late for everybody. */
const MAX_NOTED = 10;
/** INVITEs without an answer that are waited for. */
const MAX_WAITING = 100_000;

/**
 * Counts each attempt once, when its INVITE has its final answer, however often its call is put together. What was counted
 * is remembered as long as it could be counted again, in the store as well: another process that goes on counts the rest
 * (outcome-rows.ts).
 */
export function createOutcomes({ store, log, metrics, places, maxLabelValues, sinceUs }: OutcomesDeps): CallsWatched {
  const counters = createOutcomeCounters(metrics.registry, maxLabelValues);
  const open = createOpenCalls(metrics.registry, counters.tenants);
  const rows = createOutcomeRows(store, metrics, log);
  const counted = createCounted();
  /** INVITEs without any answer, or with one that need not be the last, by each of their names; and what it will count as. */
  const waiting = new Map<NodeKey, Waiting>();
  let openKnown = false;
  let recalled = false;
  /** The minute before which all are noted as counted. */
  let notedUntil = 0;

  const count = (attempt: Attempt, final: Final, finalUs: number, decidedUs = finalUs): void => {
    counted.add(attempt.names, finalUs);
    counters.attempt(attempt, final, finalUs, decidedUs);
  };

  /**
   * Says of each minute, once, that all calls of it are counted, so that their silence is known to be one. A minute in which
   * this process began is never whole.
   */
  const noteCounted = async (untilUs: number, nowUs: number): Promise<void> => {
    const until = Math.floor(untilUs / MINUTE_US);
    const from = Math.max(notedUntil, Math.ceil(sinceUs / MINUTE_US), until - MAX_NOTED);
    if (from >= until) return;
    const minutes = Array.from({ length: until - from }, (_, i) => from + i);
    const rows = minutes.map((minute) => ({ minute, arrived: nowUs, kind: 'calls', name: '', thirds: 7 }));
    try {
      await store.insert('heard', rows, `counted ${sinceUs} ${from} ${until}`);
      notedUntil = until;
    } catch (error) {
      log.warn(`it could not be noted that calls were counted: ${reasonOf(error)}`);
    }
  };

  const wait = (attempt: Attempt, final: Final, sinceUs: number): void => {
    if (waiting.size >= MAX_WAITING) return;
    const one = { attempt, final, dueUs: sinceUs + UNANSWERED_US };
    for (const name of attempt.names) waiting.set(name, one);
  };

  const noteOpen = ({ call: { facts, component }, legs }: SeenCall): void => {
    const { root, answeredUs, outcome } = facts;
    if (!legs.some((leg) => nodeText(leg) === root.id)) return;
    if (outcome !== 'in_progress' || answeredUs === undefined) open.ended(root.id);
    else open.note({ id: root.id, tenant: component.tenant ?? 'none', answeredUs });
  };

  /** Calls that went on when this process began. Without them the number is too low for a while, and no call is lost. */
  const learnOpen = async (nowUs: number): Promise<void> => {
    openKnown = true;
    try {
      for (const call of await readOpenCalls(store, nowUs - OPEN_US, MAX_OPEN)) open.note(call);
    } catch (error) {
      log.warn(`calls that go on are counted from now: ${reasonOf(error)}`);
    }
  };

  /** What was counted by a process before this one; without it nothing can be counted. */
  const recallOnce = async (nowUs: number): Promise<void> => {
    if (recalled) return;
    for (const { names, arrivedUs } of await rows.recall(nowUs - LATE_US)) counted.recall(names, arrivedUs);
    recalled = true;
  };

  return {
    async saw(calls, callOf, nowUs) {
      await recallOnce(nowUs);
      if (!openKnown) await learnOpen(nowUs);
      const fresh: Attempt[] = [];
      for (const call of calls) {
        noteOpen(call);
        for (const attempt of attemptsOf(call, places)) {
          if (counted.has(attempt.names)) continue;
          for (const name of attempt.names) waiting.delete(name);
          if (attempt.final !== undefined) fresh.push(attempt);
          else if (attempt.unanswered) wait(attempt, NO_ANSWER_AT_ALL, attempt.startedUs);
        }
      }
      for (const attempt of fresh) {
        const { final, finalUs = 0, names } = attempt;
        // A call may be among these more than once, found from different legs.
        if (final === undefined || counted.has(names)) continue;
        if (attempt.provisional && finalUs + UNANSWERED_US > nowUs) wait(attempt, final, finalUs);
        else if (finalUs >= nowUs - LATE_US) count(attempt, final, finalUs);
        // Most that are so old went on since they were counted, and are seen again for that.
        else if (!names.some((name) => callOf(name) !== undefined)) counters.late();
      }
    },
    async passed(nowUs, untilUs) {
      for (const [name, { attempt, final, dueUs }] of waiting) {
        if (dueUs > nowUs) continue;
        waiting.delete(name);
        if (counted.has(attempt.names) || dueUs < nowUs - LATE_US) continue;
        count(attempt, final, attempt.finalUs ?? dueUs, dueUs);
      }
      const stored = await rows.write(counters.flush(), counted.takeAdded(), nowUs);
      if (stored && untilUs !== undefined) await noteCounted(untilUs, nowUs);
      counted.forgetBefore(nowUs - LATE_US);
      open.forgetBefore(nowUs - OPEN_US);
      return stored;
    },
  };
}
