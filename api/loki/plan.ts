import { EVERYTHING } from '../../core/runtime/sight.ts';
import { askedLog } from '../privacy/logql.ts';
import { createLegReader, type LegDeps } from './legs.ts';
import type { Plan } from './lines.ts';
import { checkPatterns } from './patterns.ts';
import type { Window } from './read-times.ts';
import { createScope } from './scope.ts';
import type { LogQuery } from './syntax.ts';

/**
 * Checks a query and looks its legs up.
 *
 * @param lines whether what the plan reads is shown line by line, and not counted
 * @throws HttpProblem 400 for a query that cannot be answered; StoreError
 */
export async function makePlan(asked: LogQuery, window: Window, deps: LegDeps, lines = false): Promise<Plan> {
  const { store, options } = deps;
  const { query, ...rest } = askedLog(asked, options.sight ?? EVERYTHING, lines);
  const legs = createLegReader(deps);
  const matchesEmpty = await checkPatterns(query, store, options);
  const scope = await createScope(query, window, legs);
  return { query, ...rest, scope, matchesEmpty, legs, store, options };
}

/** Grafana's "Show context" asks for this much to either side of a line. */
const CONTEXT_NS = 7_200_000_000_000n;
const CONTEXT_LINES = 100;
const SLACK_NS = 1_000_000_000n;

/**
 * "Show context" names a line by all its stream labels, but a person wants to see what happened around it: in the whole
 * call, whoever saw it. So a selector that pins call, source and host over exactly the window and limit of that button is
 * taken for the call alone. Anything typed has another window, and is answered as it is written.
 */
export function asContext(query: LogQuery, { startNs, endNs }: Window, limit: number): LogQuery {
  const length = endNs - startNs;
  const away = length > CONTEXT_NS ? length - CONTEXT_NS : CONTEXT_NS - length;
  if (limit !== CONTEXT_LINES || away > SLACK_NS || query.stages.length > 0) return query;
  const pinned = new Set(
    query.matchers.filter(({ op, value }) => op === '=' && value !== '').map(({ label }) => label),
  );
  if (pinned.size !== query.matchers.length || !['call_id', 'source', 'host'].every((label) => pinned.has(label))) {
    return query;
  }
  return { ...query, matchers: query.matchers.filter(({ label }) => label === 'call_id') };
}
