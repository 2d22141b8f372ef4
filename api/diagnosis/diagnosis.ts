import type { FoundCall } from '../../core/call/find.ts';
import { caseOf } from '../../core/diagnosis/case.ts';
import { diagnose } from '../../core/diagnosis/diagnose.ts';
import { learnHabits } from '../../core/diagnosis/missing/habits.ts';
import { type Missing, missingIn, type Site } from '../../core/diagnosis/missing/missing.ts';
import type { Cited, Verdict } from '../../core/diagnosis/verdict.ts';
import { hides } from '../../core/runtime/sight.ts';
import type { SelectOptions, Store } from '../../core/store/store.ts';
import type { Diagnosis } from '../diagnosis-schemas.ts';
import { factsOf } from '../ladder/facts.ts';
import { isoOf } from '../time.ts';

/**
 * What the evidence says of a call at this moment (epoch µs), and what of it is missing.
 *
 * @param site what is known of the site; without it only what the call itself shows to be missing is told
 */
export async function diagnosisOf(
  store: Store,
  call: FoundCall,
  nowUs: number,
  options?: SelectOptions,
  site?: Promise<Site>,
): Promise<Diagnosis> {
  const [{ messages, events, logs }, known = NOTHING_KNOWN] = await Promise.all([factsOf(store, call, options), site]);
  const all = caseOf(call, { messages, events, logs }, nowUs);
  // Who sees some tenants alone is not told of another's switches and sensors.
  const missing = missingIn(all, known).filter(({ source }) => !hides(options, source));
  return {
    call: call.facts.root.id,
    verdicts: diagnose(all, missing).map(presented),
    missing: missing.map(presentedMissing),
  };
}

/** Without other calls nobody is known to report anything usually. */
const NOTHING_KNOWN: Site = { habits: learnHabits([], new Map()), heard: [] };

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
