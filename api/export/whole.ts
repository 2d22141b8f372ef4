import type { SelectOptions } from '../../core/store/store.ts';
import type { OpenCall } from '../call/finder.ts';
import { presentCall } from '../call/present.ts';
import type { ApiDeps } from '../deps.ts';
import { diagnosisOf } from '../diagnosis/diagnosis.ts';
import type { Diagnosis } from '../diagnosis-schemas.ts';
import { buildLadder } from '../ladder/build.ts';
import type { Call, Ladder } from '../schemas.ts';

/** What an export holds. */
export interface WholeCall {
  readonly call: Call;
  readonly ladder: Ladder;
  readonly diagnosis: Diagnosis;
}

export async function readWhole(
  { store, hosts }: Pick<ApiDeps, 'store' | 'hosts'>,
  { call, neighbours }: OpenCall,
  options: SelectOptions,
): Promise<WholeCall> {
  const [shown, ladder, diagnosis] = await Promise.all([
    presentCall(call, neighbours, options),
    buildLadder(store, call, hosts, options),
    diagnosisOf(store, call, Date.now() * 1000, options),
  ]);
  return { call: shown, ladder, diagnosis };
}
