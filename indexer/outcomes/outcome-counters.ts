import { Counter, type Registry } from 'prom-client';
import { PART_NAMES, partsOf } from '../../core/rates/parts.ts';
import { isFailedSetup } from '../../core/rates/sessions.ts';
import type { Attempt } from './attempt.ts';
import { createLabelValues, type LabelValues, OTHER } from './label-values.ts';
import { type Final, OUTCOME_CLASSES } from './outcome-class.ts';
import { createSteadyCounter } from './steady-counter.ts';
import { type Count, createTally, type Place } from './tally.ts';
import { createWaitHistogram, type WaitHistogram } from './wait-histogram.ts';

/**
 * The metrics of attempts and calls, and the same as counts for the store. Every name and label is public: docs/grafana.md
 * lists them, alert rules use them.
 */
export interface OutcomeCounters {
  /**
   * An attempt that is decided: it shows in no metric before the next `flush`.
   * @param finalUs when its final answer came, @param decidedUs or when none was waited for any longer
   */
  attempt(attempt: Attempt, final: Final, finalUs: number, decidedUs: number): void;
  /** An attempt that nobody knew of until long after it ended. */
  late(): void;
  /** Puts what was counted since the last time into the metrics, and answers it. */
  flush(): Count[];
  readonly tenants: LabelValues;
}

/** Sets of tenant, trunk, node and direction, for each value that a label may have. */
const SETS_PER_VALUE = 10;
const SRD_BUCKETS = [0.1, 0.25, 0.5, 1, 2, 3, 5, 8, 13, 20, 30, 60];
const SETUP_BUCKETS = [0.5, 1, 2, 5, 10, 15, 20, 30, 45, 60, 120, 300];

export function createOutcomeCounters(registry: Registry, maxLabelValues: number): OutcomeCounters {
  const registers = [registry];
  const folded = new Counter({
    name: 'calltrail_label_values_folded_total',
    help: 'Attempts counted under "other" because a label has as many values as it may have.',
    labelNames: ['label'],
    registers,
  });
  const tenants = createLabelValues(maxLabelValues);
  const trunks = createLabelValues(maxLabelValues);
  const nodes = createLabelValues(maxLabelValues);
  const codes = createLabelValues(maxLabelValues);
  const bounded = Object.entries({ tenant: tenants, trunk: trunks, node: nodes });
  for (const label of ['tenant', 'trunk', 'node', 'code', 'set']) folded.inc({ label }, 0);
  const tally = createTally();
  const places = createPlaces(SETS_PER_VALUE * maxLabelValues);

  const outcomes = createSteadyCounter(registry, {
    name: 'calltrail_call_outcomes_total',
    help: 'Call attempts (legs) by how they ended, counted at the final answer to the INVITE.',
    labelNames: ['tenant', 'trunk', 'node', 'direction', 'class'],
  });
  const calls = createSteadyCounter(registry, {
    name: 'calltrail_calls_total',
    help: 'Calls by how they ended for the one who called, counted at the final answer to the first INVITE.',
    labelNames: ['tenant', 'direction', 'class'],
  });
  const statuses = createSteadyCounter(registry, {
    name: 'calltrail_call_final_status_total',
    help: 'Call attempts by the SIP status of the final answer; "none" where no response told it.',
    labelNames: ['code', 'class'],
  });
  const parts = createSteadyCounter(registry, {
    name: 'calltrail_call_rate_parts_total',
    help: 'Call attempts as numerators and denominators of ASR, ABR, NER, SER, SEER and ISA; an attempt is in several parts.',
    labelNames: ['tenant', 'trunk', 'node', 'direction', 'part'],
  });
  const srd = createWaitHistogram(registry, {
    name: 'calltrail_call_srd_seconds',
    help: 'Of answered attempts: from the INVITE to its first 18x, else to its 2xx (RFC 6076 4.3.1).',
    buckets: SRD_BUCKETS,
  });
  const failedSrd = createWaitHistogram(registry, {
    name: 'calltrail_call_failed_srd_seconds',
    help: 'Of attempts that failed with 4xx, 5xx or 6xx: from the INVITE to its first 18x, else to that (RFC 6076 4.3.2).',
    buckets: SRD_BUCKETS,
  });
  const setup = createWaitHistogram(registry, {
    name: 'calltrail_call_setup_seconds',
    help: 'From the INVITE to its 200.',
    buckets: SETUP_BUCKETS,
  });
  const late = new Counter({
    name: 'calltrail_call_attempts_late_total',
    help: 'Call attempts that are in no other counter, since they were first seen minutes after their final answer.',
    registers,
  });

  const show = (place: Place): void => {
    for (const one of OUTCOME_CLASSES) outcomes.show({ ...place, class: one });
    for (const part of PART_NAMES) parts.show({ ...place, part });
  };
  const put = (count: Count): void => {
    const { tenant, trunk, node, direction, class: kind, code, attempts, root } = count;
    outcomes.inc({ tenant, trunk, node, direction, class: kind }, attempts);
    const shown = codes.of(code);
    if (shown === OTHER) folded.inc({ label: 'code' }, attempts);
    statuses.inc({ code: shown, class: kind }, attempts);
    for (const part of partsOf(count)) parts.inc({ tenant, trunk, node, direction, part }, attempts);
    if (!root) return;
    for (const one of OUTCOME_CLASSES) calls.show({ tenant, direction, class: one });
    calls.inc({ tenant, direction, class: kind }, attempts);
  };

  return {
    tenants,
    attempt(attempt, final, finalUs, decidedUs) {
      const { direction, startedUs, ringingUs, answeredUs } = attempt;
      const trunk = trunks.of(attempt.trunk, attempt.named);
      const place = places.of(tenants.of(attempt.tenant), trunk, nodes.of(attempt.node), direction);
      tally.add(place, attempt, final, decidedUs);
      if (final.class === 'answered') {
        observe(srd, place, startedUs, ringingUs ?? finalUs);
        observe(setup, place, startedUs, answeredUs);
      } else if (attempt.stage !== 'lost_race' && isFailedSetup(Number(final.code))) {
        observe(failedSrd, place, startedUs, ringingUs ?? finalUs);
      }
    },
    late: () => late.inc(),
    flush() {
      for (const [label, values] of bounded) folded.inc({ label }, values.takeFolded());
      const taken = places.take();
      folded.inc({ label: 'set' }, taken.folded);
      for (const place of taken.fresh) show(place);
      const counts = tally.take();
      for (const count of counts) put(count);
      return counts;
    },
  };
}

/** Of an INVITE that nobody answered: to its sender it is a 408 (RFC 3261 §8.1.3.1). */
export const NO_ANSWER_AT_ALL: Final = { class: 'network', code: 'timeout' };

function observe(
  histogram: WaitHistogram,
  { trunk, direction }: Place,
  sinceUs: number,
  untilUs: number | undefined,
): void {
  // Two clocks may disagree by more than the wait was long.
  if (untilUs !== undefined && untilUs >= sinceUs) histogram.observe(trunk, direction, (untilUs - sinceUs) / 1e6);
}

/** Sets of labels: labels can be few each and many together. */
function createPlaces(max: number) {
  const known = new Map<string, Place>();
  let fresh: Place[] = [];
  let folded = 0;
  const remember = (key: string, place: Place): Place => {
    known.set(key, place);
    fresh.push(place);
    return place;
  };
  return {
    of(tenant: string, trunk: string, node: string, direction: Place['direction']): Place {
      const key = `${tenant}\0${trunk}\0${node}\0${direction}`;
      const before = known.get(key);
      if (before !== undefined) return before;
      if (known.size < max) return remember(key, { tenant, trunk, node, direction });
      folded++;
      const rest = `${tenant}\0${direction}`;
      return known.get(rest) ?? remember(rest, { tenant, trunk: OTHER, node: OTHER, direction });
    },
    /** Sets that came for the first time since this was last asked, and how many attempts found no room for theirs. */
    take(): { fresh: Place[]; folded: number } {
      const taken = { fresh, folded };
      fresh = [];
      folded = 0;
      return taken;
    },
  };
}
