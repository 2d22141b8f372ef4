import type { LegReader, Legs } from './legs.ts';
import { type Place, plainName } from './places.ts';
import { microsOf, type Window } from './read-times.ts';
import { refused } from './refusal.ts';
import type { LabelCondition, LogQuery, Matcher } from './syntax.ts';

/** The legs that a query's matchers on calls, numbers and traces stand for, looked up before anything is read. */
export interface Scope {
  /** Undefined for a matcher that is told by the row itself. */
  legsOf(matcher: Matcher): Legs | undefined;
  /** Only rows of these legs can match, beside what the matchers say; undefined for no such bound. */
  readonly within: Legs | undefined;
  /** Nothing in this place can match, which is told without asking the store. */
  isEmpty(place: Place): boolean;
  /** The query names its legs, so that rows are found by their key and not by their time. */
  readonly named: boolean;
}

const keyOf = ({ label, op, value }: Matcher): string => `${label}\0${op}\0${value}`;

/** @throws HttpProblem 400 for a pattern where a number, text or trace must be named. */
export async function createScope(query: LogQuery, window: Window, legs: LegReader): Promise<Scope> {
  const found = new Map<string, Legs>();
  const { since, until } = microsOf(window);
  const all = matchersIn(query);
  for (const matcher of all) {
    const names = namesOf(matcher);
    if (names === undefined) continue;
    const label = plainName(matcher.label);
    const parts: Legs[] = [];
    for (const name of names) {
      if (label === 'call_id') parts.push(await legs.ofCall(name));
      else if (label === 'number') parts.push(await legs.ofNumber(name, since, until));
      else if (label === 'search') parts.push(await legs.ofText(name, since, until));
      else parts.push(await legs.ofTrace(name));
    }
    found.set(keyOf(matcher), union(parts));
  }
  const needed = neededIn(query);
  const named = needed.some((matcher) => isPositive(matcher) && found.has(keyOf(matcher)));
  let within: Legs | undefined;
  if (!named) {
    const user = needed.find(
      ({ label, op, value }) => USERS.has(label) && op === '=' && /^[+0-9][0-9]{4,}$/.test(value),
    );
    if (user !== undefined) within = await legs.ofNumber(user.value, since, until);
  }
  const bounds = needed.flatMap((matcher) => (isPositive(matcher) ? (found.get(keyOf(matcher)) ?? []) : []));
  if (within !== undefined) bounds.push(within);
  return {
    legsOf: (matcher) => found.get(keyOf(matcher)),
    within,
    isEmpty: (place) =>
      bounds.some((legs) => !hasRows(legs, place)) || query.matchers.some((one) => isOther(one, place)),
    named: named || within !== undefined,
  };
}

const USERS: ReadonlySet<string> = new Set(['from_user', 'to_user']);
const BY_LOOK_UP: ReadonlySet<string> = new Set(['call_id', 'callid', 'number', 'search', 'trace_id']);
/** No line has these, so that the empty text, as of a box into which nothing was typed, is no condition. */
const ON_NO_LINE: ReadonlySet<string> = new Set(['number', 'search']);

const hasRows = ({ callIds, channels }: Legs, { table }: Place): boolean =>
  (table !== 'events' && callIds.length > 0) || (table !== 'messages' && channels.length > 0);

/** A source is named that this place does not have. */
function isOther({ label, op, value }: Matcher, { sources }: Place): boolean {
  if (label !== 'source' || op === '!=' || op === '!~') return false;
  const names = op === '=' ? [value] : alternatives(value);
  return names !== undefined && !names.some((name) => sources.includes(name));
}

const isPositive = ({ op }: Matcher): boolean => op === '=' || op === '=~';

/** What a matcher on legs names; undefined when it names none but describes them. */
function namesOf(matcher: Matcher): readonly string[] | undefined {
  const { label, op, value } = matcher;
  if (!BY_LOOK_UP.has(label)) return undefined;
  const names = op === '=' || op === '!=' ? [value] : alternatives(value);
  const says = (name: string): boolean => (label === 'search' ? name.trim() : name) !== '';
  if (names?.every(says)) return names;
  if (op === '=' && value === '' && ON_NO_LINE.has(label)) return undefined;
  if (ON_NO_LINE.has(label) || label === 'trace_id') {
    throw refused(`parse error : ${label} must be named: ${label}="…" or, for several, ${label}=~"…|…"`);
  }
  return undefined;
}

/** What a pattern lists, as a variable of several values is written: "a|b" with what is special escaped. */
export function alternatives(pattern: string): string[] | undefined {
  const bare = /^\((?!\?)([\s\S]*)\)$/.exec(pattern)?.[1] ?? pattern;
  if (!/^(?:[^\\.+*?()[\]{}^$]|\\[^a-zA-Z0-9])+$/.test(bare)) return undefined;
  const names: string[] = [];
  let name = '';
  for (const [piece] of bare.matchAll(/\\([\s\S])|[\s\S]/g)) {
    if (piece === '|') {
      names.push(name);
      name = '';
    } else name += piece.length > 1 && piece[0] === '\\' ? piece.slice(1) : piece;
  }
  names.push(name);
  return names;
}

const union = (parts: readonly Legs[]): Legs => ({
  callIds: [...new Set(parts.flatMap(({ callIds }) => callIds))],
  channels: [...new Set(parts.flatMap(({ channels }) => channels))],
});

/** All matchers of a query, wherever they stand. */
export const matchersIn = ({ matchers, stages }: LogQuery): Matcher[] => [
  ...matchers,
  ...stages.flatMap((stage) => (stage.kind === 'label' ? leavesOf(stage.condition) : [])),
];

const leavesOf = (condition: LabelCondition): Matcher[] =>
  condition.kind === 'match' ? [condition.matcher] : [...leavesOf(condition.left), ...leavesOf(condition.right)];

/** Those that every line must satisfy. */
const neededIn = ({ matchers, stages }: LogQuery): Matcher[] => [
  ...matchers,
  ...stages.flatMap((stage) => (stage.kind === 'label' ? needed(stage.condition) : [])),
];

const needed = (condition: LabelCondition): Matcher[] =>
  condition.kind === 'match'
    ? [condition.matcher]
    : condition.kind === 'and'
      ? [...needed(condition.left), ...needed(condition.right)]
      : [];
