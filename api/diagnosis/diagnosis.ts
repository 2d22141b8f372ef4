import type { FoundCall } from '../../core/call/find.ts';
import { caseOf } from '../../core/diagnosis/case.ts';
import { diagnose } from '../../core/diagnosis/diagnose.ts';
import type { Verdict } from '../../core/diagnosis/verdict.ts';
import type { SelectOptions, Store } from '../../core/store/store.ts';
import type { Diagnosis } from '../diagnosis-schemas.ts';
import { factsOf } from '../ladder/facts.ts';
import { isoOf } from '../time.ts';

/** What the evidence says of a call at this moment (epoch µs). */
export async function diagnosisOf(
  store: Store,
  call: FoundCall,
  nowUs: number,
  options?: SelectOptions,
): Promise<Diagnosis> {
  const { messages, events, logs } = await factsOf(store, call, options);
  const verdicts = diagnose(caseOf(call, { messages, events, logs }, nowUs));
  return { call: call.facts.root.id, verdicts: verdicts.map(presented) };
}

const presented = ({ leg, evidence, checked, ...verdict }: Verdict): Diagnosis['verdicts'][number] => ({
  ...verdict,
  leg: leg ?? null,
  evidence: evidence.map(({ table, id, atUs, says }) => ({ table, id, at: isoOf(atUs), says })),
  checked: [...checked],
});
