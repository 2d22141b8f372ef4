import type { FastifyRequest } from 'fastify';
import { nothingFound } from '../../core/ladder/verdict-words.ts';
import type { SelectOptions } from '../../core/store/store.ts';
import { openCall } from '../call/finder.ts';
import type { ApiDeps } from '../deps.ts';
import { diagnosisOf } from '../diagnosis/diagnosis.ts';
import { Diagnosis } from '../diagnosis-schemas.ts';
import { restored, shownTo } from '../privacy/privacy.ts';
import { isoOf } from '../time.ts';
import type { Line } from './lines.ts';
import { microsOf, type Window } from './read-times.ts';
import type { LogQuery } from './syntax.ts';

/** What nobody captured: it is concluded from the lines of a call when it is asked for, and of no other query. */
const SOURCE = 'verdict';

/** The call whose verdicts a query asks for, `{call_id="…", source="verdict"}`; undefined for any other query. */
export function verdictsAsked({ matchers, stages }: LogQuery): string | undefined {
  if (stages.length > 0 || matchers.length !== 2 || matchers.some(({ op }) => op !== '=')) return undefined;
  const of = (...labels: readonly string[]) => matchers.find(({ label }) => labels.includes(label))?.value;
  return of('source') === SOURCE ? of('call_id', 'callid') : undefined;
}

/**
 * A line a verdict, the surest first, at the moment of its first proof; of a call of which nothing is said one line that says
 * that, so that a table of them is never empty where there is the call.
 */
export async function verdictLines(
  deps: Pick<ApiDeps, 'store' | 'unmask' | 'guesses'>,
  key: string,
  window: Window,
  { sight }: Pick<FastifyRequest, 'sight'>,
  options: SelectOptions,
): Promise<Line[]> {
  const name = sight.tokens === undefined ? key : restored(key, sight.tokens, sight.hidden);
  const found = name === '' ? undefined : await openCall(deps, name, {}, options);
  if (found === undefined) return [];
  const { facts } = found.call;
  const diagnosis = await diagnosisOf(deps.store, found.call, Date.now() * 1000, options);
  const { call, verdicts } = await shownTo({ sight }, Diagnosis, diagnosis);
  const stream = { call_id: call, source: SOURCE };
  const lines = verdicts.map(({ id, leg, sentence, cause, side, confidence, evidence, next }): Line => {
    const level = cause === 'normal' ? 'info' : confidence < 0.7 ? 'warning' : 'error';
    const more = { verdict: id, cause, side, confidence: String(confidence), next, level, type: SOURCE };
    return {
      id: `${id} ${leg ?? ''}`,
      atUs: Date.parse(evidence[0]?.at ?? isoOf(facts.startedUs)) * 1000,
      text: sentence,
      stream,
      metadata: leg === null ? more : { ...more, leg },
    };
  });
  if (lines.length === 0) {
    lines.push({
      ...{ id: 'none', atUs: facts.lastUs, text: nothingFound(facts.outcome), stream },
      metadata: { verdict: 'none', level: 'info', type: SOURCE },
    });
  }
  const { since, until } = microsOf(window);
  return lines.filter(({ atUs }) => atUs >= since && atUs < until);
}
