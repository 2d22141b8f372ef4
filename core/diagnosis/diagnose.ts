import type { Case } from './case.ts';
import { RULES } from './rules/all.ts';
import type { Verdict } from './verdict.ts';

/**
 * Asks every rule. A rule knows nothing of the others; which of two verdicts explains the other is told here, by `EXPLAINS`.
 * The surest comes first; of equal ones the order of the rules decides, so that an answer never depends on chance.
 */
export function diagnose(all: Case): readonly Verdict[] {
  const found = RULES.flatMap((rule) => rule(all));
  return found
    .filter((verdict) => !isExplained(verdict, found))
    .map((verdict, order) => ({ verdict, order }))
    .sort((a, b) => b.verdict.confidence - a.verdict.confidence || a.order - b.order)
    .map(({ verdict }) => verdict);
}

/** The first one says why the others were seen: they are its signs and no causes of their own. */
const EXPLAINS: Readonly<Partial<Record<Verdict['id'], readonly Verdict['id'][]>>> = {
  missing_ack: ['hung_up_by_switch', 'retransmission_storm', 'answer_not_received'],
  not_registered: ['no_answer', 'slow_gateway_timeout'],
  capacity_reached: ['no_answer', 'slow_gateway_timeout'],
  answer_not_received: ['missing_ack', 'hung_up_by_switch', 'retransmission_storm'],
};

const isExplained = (verdict: Verdict, all: readonly Verdict[]): boolean =>
  all.some((other) => other !== verdict && EXPLAINS[other.id]?.includes(verdict.id) === true);
