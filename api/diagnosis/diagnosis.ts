import type { FoundCall } from '../../core/call/find.ts';
import { caseOf } from '../../core/diagnosis/case.ts';
import { diagnose } from '../../core/diagnosis/diagnose.ts';
import { type Missing, missingIn } from '../../core/diagnosis/missing/missing.ts';
import type { Cited, Verdict } from '../../core/diagnosis/verdict.ts';
import { inTurns } from '../../core/runtime/in-turns.ts';
import { hides } from '../../core/runtime/sight.ts';
import { turn } from '../../core/runtime/turn.ts';
import type { SelectOptions, Store } from '../../core/store/store.ts';
import type { Diagnosis } from '../diagnosis-schemas.ts';
import { factsOf } from '../ladder/facts.ts';
import { readSite } from '../near/site.ts';
import { isoOf } from '../time.ts';

/**
 * What the evidence says of a call at this moment (epoch µs), and what of it is missing. The ladder that was asked for in the
 * same moment is sent meanwhile: a diagnosis of thousands of messages is long, and of use beside them.
 */
export async function diagnosisOf(
  store: Store,
  call: FoundCall,
  nowUs: number,
  options?: SelectOptions,
): Promise<Diagnosis> {
  const [{ messages, events, logs }, site] = await Promise.all([
    factsOf(store, call, options),
    readSite(store, call, options ?? {}),
  ]);
  await turn();
  const all = caseOf(call, { messages, events, logs }, nowUs);
  await turn();
  // Who sees some tenants alone is not told of another's switches and sensors.
  const missing = (await inTurns(missingIn(all, site))).filter(({ source }) => !hides(options, source));
  return {
    call: call.facts.root.id,
    verdicts: (await inTurns(diagnose(all, missing))).map(presented),
    missing: missing.map(presentedMissing),
  };
}

const presented = ({ leg, evidence, checked, ...verdict }: Verdict): Diagnosis['verdicts'][number] => ({
  ...verdict,
  leg: leg ?? null,
  evidence: evidence.map(presentedRow),
  checked: [...checked],
});

const presentedMissing = ({
  legs,
  hops,
  sinceUs,
  untilUs,
  evidence,
  ...one
}: Missing): Diagnosis['missing'][number] => ({
  ...one,
  legs: [...legs],
  hops: [...hops],
  since: maybe(sinceUs),
  until: maybe(untilUs),
  evidence: evidence.map(presentedRow),
});

const maybe = (us: number): string | null => (Number.isFinite(us) ? isoOf(us) : null);

const presentedRow = ({ table, id, atUs, says }: Cited): Diagnosis['verdicts'][number]['evidence'][number] => ({
  ...{ table, id, says },
  at: isoOf(atUs),
});
