import type { FoundCall } from '../../core/call/find.ts';
import type { Comparison } from '../../core/compare/compare.ts';
import type { Sign } from '../../core/compare/signs.ts';
import type { Case } from '../../core/diagnosis/case.ts';
import { diagnose } from '../../core/diagnosis/diagnose.ts';
import { atOnce } from '../../core/runtime/in-turns.ts';
import { presentSummary } from '../call/present.ts';
import { isoOf } from '../time.ts';
import type { ComparisonAnswer } from './schema.ts';

/** A call with what the rules look at. */
export interface ComparedCall {
  readonly call: FoundCall;
  readonly all: Case;
}

export function presentComparison(left: ComparedCall, right: ComparedCall, found: Comparison): ComparisonAnswer {
  const stepOf = (
    sign: Sign | undefined,
    { call }: ComparedCall,
  ): ComparisonAnswer['legs'][number]['steps'][number]['left'] =>
    sign === undefined
      ? null
      : {
          ...{
            id: sign.id,
            kind: sign.kind,
            at: isoOf(sign.atUs),
            title: sign.title,
            where: sign.where,
            times: sign.times,
          },
          sinceMs: (sign.atUs - call.facts.startedUs) / 1000,
        };
  return {
    left: sideOf(left),
    right: sideOf(right),
    differences: [...found.differences],
    legs: found.legs.map(({ role, left: a, right: b, differences, steps }) => ({
      role,
      left: a?.leg.id ?? null,
      right: b?.leg.id ?? null,
      differences: [...differences],
      steps: steps.map((step) => ({
        is: step.is,
        left: stepOf(step.left, left),
        right: stepOf(step.right, right),
        differences: [...step.differences],
      })),
    })),
    truncated: found.truncated,
  };
}

const sideOf = ({ call, all }: ComparedCall): ComparisonAnswer['left'] => ({
  call: presentSummary(call),
  verdicts: atOnce(diagnose(all)).map(({ id, sentence }) => ({ id, sentence })),
});
