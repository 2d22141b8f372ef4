import { openCall } from '../../api/call/finder.ts';
import { diagnosisOf } from '../../api/diagnosis/diagnosis.ts';
import type { Diagnosis } from '../../api/diagnosis-schemas.ts';
import { factsOf, type LadderFacts } from '../../api/ladder/facts.ts';
import { callFrom, type FoundCall } from '../../core/call/find.ts';
import { caseOf } from '../../core/diagnosis/case.ts';
import { diagnose } from '../../core/diagnosis/diagnose.ts';
import type { Cited, Verdict } from '../../core/diagnosis/verdict.ts';
import { atOnce } from '../../core/runtime/in-turns.ts';
import type { Store } from '../../core/store/store.ts';
import { createRandom } from '../generate/random.ts';
import { createScene, HOUR } from '../generate/scene.ts';
import { createSite } from '../generate/site.ts';
import { storeHand } from '../generate/store.ts';
import { openEmptyStore } from '../system/empty-store.ts';
import type { OpenedCall } from './drops.ts';
import type { Script } from './script.ts';

/** One diagnosed call with all that it was made of. */
export interface Diagnosed {
  readonly answer: Diagnosis;
  readonly opened: OpenedCall;
  /** Whether a row that was cited is stored. */
  isStored(cited: Pick<Cited, 'table' | 'id'>): boolean;
  /** What is said when these rows had never been seen. */
  without(cited: readonly Pick<Cited, 'table' | 'id'>[]): readonly Verdict[];
}

const DAY_US = Date.UTC(2026, 10, 20) * 1000;

/** Plays every script into one real store, an hour apart, and answers what is said of each. */
export async function openPlayed(scripts: readonly Script[]): Promise<{
  diagnosed(script: Script): Promise<Diagnosed>;
  close(): Promise<void>;
}> {
  const store = await openEmptyStore();
  const random = createRandom(9);
  const site = createSite(random);
  const keys = new Map<Script, string>();
  for (const [i, script] of scripts.entries()) {
    const line = String(1000 + i);
    const numbers = { caller: `+1415555${line}`, callee: `0216666${line}`, calleeRewritten: `+98216666${line}` };
    const sw = site.switches[0];
    if (sw === undefined) throw new Error('a site has a switch');
    keys.set(
      script,
      script.play(createScene(site, { atUs: DAY_US + i * HOUR, sw, numbers: { ...numbers, domain: 'site.example' } })),
    );
  }
  await storeHand(
    store,
    site.sightings().map(({ seen }) => seen),
  );
  return {
    diagnosed: (script) => diagnosedAt(store, keys.get(script) ?? ''),
    async close() {
      await store.close();
    },
  };
}

export async function diagnosedAt(store: Store, key: string): Promise<Diagnosed> {
  const found = await openCall({ store, unmask: () => undefined, guesses: false }, key, {}, {});
  if (found === undefined) throw new Error(`nothing is stored under ${key}`);
  const { call } = found;
  const nowUs = Date.now() * 1000;
  const facts = await factsOf(store, call);
  return {
    opened: { call, facts },
    answer: await diagnosisOf(store, call, nowUs),
    isStored: ({ table, id }) =>
      table === 'gaps' ? gapIds(call).has(id) : facts[table].some((fact) => fact.id === id),
    without: (cited) => diagnoseWithout(call, facts, cited, nowUs),
  };
}

const gapIds = ({ gaps }: FoundCall): Set<string> =>
  new Set(gaps.map(({ node, stream, sinceUs }) => `${node} ${stream} ${sinceUs}`));

function diagnoseWithout(
  call: FoundCall,
  facts: LadderFacts,
  cited: readonly Pick<Cited, 'table' | 'id'>[],
  nowUs: number,
): readonly Verdict[] {
  const gone = new Set(cited.map(({ table, id }) => `${table} ${id}`));
  const left = {
    messages: facts.messages.filter(({ id }) => !gone.has(`messages ${id}`)),
    events: facts.events.filter(({ id }) => !gone.has(`events ${id}`)),
    logs: facts.logs.filter(({ id }) => !gone.has(`logs ${id}`)),
  };
  const gaps = call.gaps.filter(({ node, stream, sinceUs }) => !gone.has(`gaps ${node} ${stream} ${sinceUs}`));
  const again = callFrom(call.component, left, gaps);
  return again === undefined ? [] : atOnce(diagnose(caseOf(again, left, nowUs)));
}
