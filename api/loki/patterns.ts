import { type SelectOptions, type Store, StoreError } from '../../core/store/store.ts';
import type { HttpProblem } from '../problem.ts';
import { anchored, type MatchesEmpty, unanchored } from './conditions.ts';
import { emptyCompatible } from './read-query.ts';
import { refused } from './refusal.ts';
import { matchersIn } from './scope.ts';
import type { LogQuery, Matcher } from './syntax.ts';

/**
 * Asks the engine whether it can read every pattern of a query (RE2: no pattern takes longer than the text is long), and
 * which of them match the empty text, before any row is read.
 *
 * @throws HttpProblem 400 for a pattern that is none, and for a selector that every line would match.
 */
export async function checkPatterns(query: LogQuery, store: Store, options: SelectOptions): Promise<MatchesEmpty> {
  const matchers = matchersIn(query).filter(({ op }) => op === '=~' || op === '!~');
  const lines = query.stages.flatMap((stage) =>
    stage.kind === 'line' && (stage.op === '|~' || stage.op === '!~') ? stage.texts : [],
  );
  /** As the engine reads them, and as they were written. */
  const patterns = new Map<string, string>([
    ...matchers.map(({ value }) => [anchored(value), value] as const),
    ...lines.map((value) => [unanchored(value), value] as const),
  ]);
  const empty = new Set<string>();
  for (const [pattern, written] of patterns) {
    const yes = known.get(pattern) ?? (await matchesNothing(pattern, written, store, options));
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(pattern, yes);
    if (yes) empty.add(pattern);
  }
  const matchesEmpty = ({ op, value }: Matcher): boolean => {
    if (op === '=' || op === '!=') return (value === '') === (op === '=');
    return empty.has(anchored(value)) === (op === '=~');
  };
  if (query.matchers.every(matchesEmpty)) throw emptyCompatible();
  return matchesEmpty;
}

/** Patterns that were asked about: a dashboard asks the same ones again and again. */
const known = new Map<string, boolean>();
const MAX_KNOWN = 1000;

async function matchesNothing(
  pattern: string,
  written: string,
  store: Store,
  options: SelectOptions,
): Promise<boolean> {
  try {
    const [row] = await store.select<{ yes: number }>(
      // materialize: else the plan's constant folding reports in words of its own.
      "SELECT match(materialize(''), {pattern:String}) AS yes",
      { pattern },
      options,
    );
    return row?.yes === 1;
  } catch (error) {
    throw patternProblem(written, error) ?? error;
  }
}

/** CANNOT_COMPILE_REGEXP and what else the engine says of a pattern that it cannot read. */
function patternProblem(pattern: string, error: unknown): HttpProblem | undefined {
  if (!(error instanceof StoreError) || error.code !== 'refused') return undefined;
  const why = /error: ([^:.,]{1,80})/.exec(error.message)?.[1] ?? 'it cannot be read';
  return refused(`parse error : error parsing regexp: ${why}: \`${pattern.slice(0, 200)}\``);
}
