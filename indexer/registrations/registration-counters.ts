import { Counter, type Registry } from 'prom-client';
import { createLabelValues, type LabelValues, OTHER } from '../outcomes/label-values.ts';
import { createSteadyCounter } from '../outcomes/steady-counter.ts';
import type { CountedRegistration } from './registration-rows.ts';

/** How a registration ended, in the few kinds that alerts tell apart; docs/grafana.md has them in words. */
export const REGISTRATION_RESULTS = [
  ...(['registered', 'unauthorized', 'forbidden', 'not_found'] as const),
  ...(['redirected', 'rejected', 'failed', 'timeout'] as const),
];
export type RegistrationResult = (typeof REGISTRATION_RESULTS)[number];

/** Sets of tenant and node, for each value that a label may have. */
const SETS_PER_VALUE = 10;

/** Every name and label is public: docs/grafana.md lists them. */
export interface RegistrationCounters {
  /**
   * @param status of the final answer; undefined for none
   * @returns what it was counted as
   */
  count(place: { readonly tenant: string; readonly node: string }, status: number | undefined): CountedRegistration;
  /** One that ended so long ago that it is history. */
  late(): void;
  /** One that was given up for want of room. */
  dropped(): void;
}

/** @param beforeScrape called when the numbers are asked for, so that what became due since is in them */
export function createRegistrationCounters(
  registry: Registry,
  maxLabelValues: number,
  beforeScrape: () => void,
): RegistrationCounters {
  const folded = new Counter({
    name: 'calltrail_registration_label_values_folded_total',
    help: 'Registrations counted under "other" because a label has as many values as it may have.',
    labelNames: ['label'],
    registers: [registry],
    collect() {
      beforeScrape();
      for (const [label, values] of Object.entries(bounded)) this.inc({ label }, values.takeFolded());
    },
  });
  const bound = (): LabelValues => createLabelValues(maxLabelValues);
  const bounded = { tenant: bound(), node: bound(), code: bound() };
  folded.inc({ label: 'set' }, 0);
  const { tenant: tenants, node: nodes, code: codes } = bounded;
  const registrations = createSteadyCounter(registry, {
    name: 'calltrail_registrations_total',
    help: 'Registrations by how they ended, counted at the final answer to the REGISTER.',
    labelNames: ['tenant', 'node', 'result'],
  });
  const statuses = createSteadyCounter(registry, {
    name: 'calltrail_registration_final_status_total',
    help: 'Registrations by the SIP status of the final answer; "timeout" where nobody answered.',
    labelNames: ['code', 'result'],
  });
  const late = new Counter({
    name: 'calltrail_registrations_late_total',
    help: 'Registrations that are in no other counter, since they were first seen minutes after their final answer.',
    registers: [registry],
  });
  const dropped = new Counter({
    name: 'calltrail_registrations_dropped_total',
    help: 'Registrations that are in no other counter, since too many went on at once.',
    registers: [registry],
  });
  const shown = new Set<string>();
  return {
    count(place, status) {
      const tenant = tenants.of(place.tenant);
      let node = nodes.of(place.node);
      let key = JSON.stringify([tenant, node]);
      // Few of each can be many together.
      if (!shown.has(key) && shown.size >= SETS_PER_VALUE * maxLabelValues) {
        folded.inc({ label: 'set' });
        node = OTHER;
        key = JSON.stringify([tenant, node]);
      }
      if (!shown.has(key)) {
        shown.add(key);
        for (const result of REGISTRATION_RESULTS) registrations.show({ tenant, node, result });
      }
      const result = resultOf(status);
      registrations.inc({ tenant, node, result });
      const code = status === undefined ? 'timeout' : codes.of(String(status));
      statuses.inc({ code, result });
      return { tenant, node, code, result };
    },
    late: () => late.inc(),
    dropped: () => dropped.inc(),
  };
}

function resultOf(status: number | undefined): RegistrationResult {
  if (status === undefined || status === 408) return 'timeout';
  if (status < 300) return 'registered';
  if (status < 400) return 'redirected';
  if (status === 401 || status === 402 || status === 407) return 'unauthorized';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not_found';
  return status >= 500 && status < 600 ? 'failed' : 'rejected';
}
