import { Counter, Histogram, type Registry } from 'prom-client';
import type { Attempt } from './attempt.ts';
import { createLabelValues, type LabelValues, OTHER } from './label-values.ts';
import { type Final, OUTCOME_CLASSES } from './outcome-class.ts';
import { createSteadyCounter } from './steady-counter.ts';

/** The metrics of attempts and calls. Every name and label is public: docs/grafana.md lists them, alert rules use them. */
export interface OutcomeCounters {
  /** An attempt whose INVITE has its final answer. */
  attempt(attempt: Attempt, final: Final, finalUs: number): void;
  /** A call, by the leg that began it. */
  call(attempt: Attempt, final: Final): void;
  /** An attempt that nobody knew of until long after it ended. */
  late(): void;
  readonly tenants: LabelValues;
}

/** RFC 6076 §4.7: what a session establishment that worked, as far as the network goes, ends with. */
const EFFECTIVE = new Set(['200', '480', '486', '600', '603']);
/** RFC 6076 §4.8: ineffective session attempts. */
const INEFFECTIVE = new Set(['408', '500', '503', '504']);
/** Sets of tenant, trunk, node and direction, for each value that a label may have. */
const SETS_PER_VALUE = 10;
const PDD_BUCKETS = [0.1, 0.25, 0.5, 1, 2, 3, 5, 8, 13, 20, 30, 60];
const SETUP_BUCKETS = [0.5, 1, 2, 5, 10, 15, 20, 30, 45, 60, 120, 300];

export function createOutcomeCounters(registry: Registry, maxLabelValues: number): OutcomeCounters {
  const registers = [registry];
  const folded = new Counter({
    name: 'calltrail_label_values_folded_total',
    help: 'Attempts counted under "other" because a label has as many values as it may have.',
    labelNames: ['label'],
    registers,
  });
  const bound = (label: string, max = maxLabelValues): LabelValues => {
    folded.inc({ label }, 0);
    return createLabelValues(max, () => folded.inc({ label }));
  };
  const tenants = bound('tenant');
  const trunks = bound('trunk');
  const nodes = bound('node');
  const codes = bound('code');
  const sets = new Set<string>();
  folded.inc({ label: 'set' }, 0);

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
  const effective = createSteadyCounter(registry, {
    name: 'calltrail_call_effective_total',
    help: 'Call attempts that ended with 200, 480, 486, 600 or 603: the numerator of SEER (RFC 6076 4.7).',
    labelNames: ['tenant', 'trunk', 'direction'],
  });
  const ineffective = createSteadyCounter(registry, {
    name: 'calltrail_call_ineffective_total',
    help: 'Call attempts that ended with 408, 500, 503, 504 or without any answer: the numerator of ISA (RFC 6076 4.8).',
    labelNames: ['tenant', 'trunk', 'direction'],
  });
  const pdd = new Histogram({
    name: 'calltrail_call_pdd_seconds',
    help: 'From the INVITE to its first 18x, else to its final answer.',
    labelNames: ['trunk', 'direction'],
    buckets: PDD_BUCKETS,
    registers,
  });
  const setup = new Histogram({
    name: 'calltrail_call_setup_seconds',
    help: 'From the INVITE to its 200.',
    labelNames: ['trunk', 'direction'],
    buckets: SETUP_BUCKETS,
    registers,
  });
  const late = new Counter({
    name: 'calltrail_call_attempts_late_total',
    help: 'Call attempts that are in no other counter, since they were first seen minutes after their final answer.',
    registers,
  });

  /** Labels can be few each and many together. */
  const placeOf = (attempt: Attempt) => {
    const tenant = tenants.of(attempt.tenant);
    const trunk = trunks.of(attempt.trunk, attempt.named);
    const node = nodes.of(attempt.node);
    const { direction } = attempt;
    const key = JSON.stringify([tenant, trunk, node, direction]);
    if (sets.has(key)) return { tenant, trunk, node, direction };
    if (sets.size >= SETS_PER_VALUE * maxLabelValues) {
      folded.inc({ label: 'set' });
      return { tenant, trunk: OTHER, node: OTHER, direction };
    }
    sets.add(key);
    return { tenant, trunk, node, direction };
  };

  const shown = new Set<string>();
  /** Shows the series of these labels when they come for the first time: most that come have come before. */
  const once = (of: string, labels: readonly string[], show: () => void): void => {
    const key = JSON.stringify([of, ...labels]);
    if (shown.has(key)) return;
    shown.add(key);
    show();
  };

  return {
    tenants,
    attempt(attempt, final, finalUs) {
      const { node, ...side } = placeOf(attempt);
      const { trunk, direction } = side;
      once('place', [side.tenant, trunk, node, direction], () => {
        for (const one of OUTCOME_CLASSES) outcomes.show({ ...side, node, class: one });
        effective.show(side);
        ineffective.show(side);
      });
      outcomes.inc({ ...side, node, class: final.class });
      statuses.inc({ code: codes.of(final.code), class: final.class });
      if (EFFECTIVE.has(final.code)) effective.inc(side);
      else if (INEFFECTIVE.has(final.code) || final.code === NO_ANSWER_AT_ALL.code) ineffective.inc(side);
      observe(pdd, { trunk, direction }, attempt.startedUs, attempt.ringingUs ?? finalUs);
      if (final.class === 'answered') observe(setup, { trunk, direction }, attempt.startedUs, attempt.answeredUs);
    },
    call(attempt, final) {
      const labels = { tenant: tenants.of(attempt.tenant), direction: attempt.direction };
      once('call', [labels.tenant, labels.direction], () => {
        for (const one of OUTCOME_CLASSES) calls.show({ ...labels, class: one });
      });
      calls.inc({ ...labels, class: final.class });
    },
    late: () => late.inc(),
  };
}

/** Of an INVITE that nobody answered: to its sender it is a 408 (RFC 3261 §8.1.3.1). */
export const NO_ANSWER_AT_ALL: Final = { class: 'network', code: 'timeout' };

function observe(
  histogram: Histogram<'trunk' | 'direction'>,
  labels: { readonly trunk: string; readonly direction: string },
  sinceUs: number,
  untilUs: number | undefined,
): void {
  // Two clocks may disagree by more than the wait was long.
  if (untilUs !== undefined && untilUs >= sinceUs) histogram.observe(labels, (untilUs - sinceUs) / 1e6);
}
