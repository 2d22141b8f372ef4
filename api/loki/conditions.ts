import { IDENTITY } from '../../core/call/graph/guess.ts';
import { TENANT } from '../../core/call/read/tenants.ts';
import type { Legs } from './legs.ts';
import { expressionOf, type Place, plainName } from './places.ts';
import type { Scope } from './scope.ts';
import type { LabelChoice, LabelCondition, LineFilter, LogQuery, Matcher } from './syntax.ts';

/** Values of a statement, each bound under a name of its own. */
export class Params {
  readonly values: Record<string, unknown> = {};
  #count = 0;
  bind(value: unknown, type: string): string {
    const name = `p${this.#count++}`;
    this.values[name] = value;
    return `{${name}:${type}}`;
  }
  text(value: string): string {
    return this.bind(value, 'String');
  }
}

/** A query over one place, as SQL. */
export interface Conditions {
  /** What a row must satisfy; "1" for anything. */
  readonly where: string;
  /** The expression of a label behind all stages: what lines are grouped by. */
  labelOf(label: string): string;
}

/** Which patterns also match the empty text, as the engine says (patterns.ts). */
export type MatchesEmpty = (matcher: Matcher) => boolean;

export function conditionsOf(
  query: LogQuery,
  place: Place,
  scope: Scope,
  matchesEmpty: MatchesEmpty,
  params: Params,
): Conditions {
  const parts: string[] = [];
  /** Labels that a stage has changed, by what they are since. */
  const changed = new Map<string, string>();
  let kept: ReadonlyMap<string, LabelChoice> | undefined;
  const labelOf = (label: string): string => {
    const known = changed.get(label);
    if (known !== undefined) return known;
    return (kept?.has(label) ?? true) ? plainLabel(place, label) : "''";
  };
  const one = (matcher: Matcher): string => {
    const { label } = matcher;
    if (changed.get(label) === "''" || (kept !== undefined && !kept.has(label))) return compare("''", matcher, params);
    return conditionOf(matcher, place, scope, matchesEmpty, params, labelOf);
  };
  const both = (condition: LabelCondition): string => {
    if (condition.kind === 'match') return one(condition.matcher);
    return `(${both(condition.left)} ${condition.kind.toUpperCase()} ${both(condition.right)})`;
  };
  if (scope.within !== undefined) parts.push(inLegs(place, scope.within, params));
  for (const matcher of query.matchers) parts.push(one(matcher));
  for (const stage of query.stages) {
    if (stage.kind === 'line') parts.push(lineCondition(stage, place, params));
    else if (stage.kind === 'label') parts.push(both(stage.condition));
    else if (stage.kind === 'drop') {
      for (const { label, value } of stage.choices) {
        const now = labelOf(label);
        changed.set(label, value === undefined ? "''" : `if(${now} = ${params.text(value)}, '', ${now})`);
      }
    } else {
      for (const { label, value } of stage.choices) {
        if (value === undefined) continue;
        const now = labelOf(label);
        changed.set(label, `if(${now} = ${params.text(value)}, ${now}, '')`);
      }
      kept = new Map(stage.choices.map((choice) => [choice.label, choice]));
      for (const label of changed.keys()) if (!kept.has(label)) changed.set(label, "''");
    }
  }
  return { where: parts.length === 0 ? '1' : parts.join('\n AND '), labelOf };
}

const plainLabel = (place: Place, label: string): string => expressionOf(place, plainName(label)) ?? "''";

/** Loki anchors the patterns of labels, and a dot is any character there. */
export const anchored = (pattern: string): string => `^(?s:${pattern})$`;
/** The engine's dot would match line ends, Loki's does not in lines. */
export const unanchored = (pattern: string): string => `(?-s)${pattern}`;

function compare(expression: string, { op, value }: Matcher, params: Params): string {
  if (op === '=' || op === '!=') return `(${expression} ${op} ${params.text(value)})`;
  const matches = `match(${expression}, ${params.text(anchored(value))})`;
  return op === '=~' ? matches : `(NOT ${matches})`;
}

function conditionOf(
  matcher: Matcher,
  place: Place,
  scope: Scope,
  matchesEmpty: MatchesEmpty,
  params: Params,
  labelOf: (label: string) => string,
): string {
  const label = plainName(matcher.label);
  const negative = matcher.op === '!=' || matcher.op === '!~';
  const legs = scope.legsOf(matcher);
  if (legs !== undefined) return `(${negative ? 'NOT ' : ''}${inLegs(place, legs, params)})`;
  if (label === 'call_id') return callIdCondition(matcher, place, matchesEmpty(matcher), params);
  if (label === 'tenant') return tenantCondition(matcher, place, matchesEmpty(matcher), params);
  return compare(labelOf(matcher.label), matcher, params);
}

/** Rows that stand under one of these Call-IDs or channels. */
export function inLegs({ table }: Place, { callIds, channels }: Legs, params: Params): string {
  const among = (column: string, texts: readonly string[]): string =>
    texts.length === 0 ? '0' : `${column} IN ${params.bind(texts, 'Array(String)')}`;
  if (table === 'messages') return `(${among('call_id', callIds)})`;
  if (table === 'events') return `(${among('channel', channels)})`;
  return `(${among('channel', channels)} OR (channel = '' AND ${among('call_id', callIds)}))`;
}

const WHY = [...IDENTITY].map((why) => `'${why}'`).join(', ');

/** A pattern over Call-IDs. Which one a channel speaks is told by edges. */
function callIdCondition(matcher: Matcher, { table }: Place, matchesEmpty: boolean, params: Params): string {
  const own = compare('call_id', matcher, params);
  if (table === 'messages') return own;
  const positive = compare('substring(peer, 3)', matcher, params);
  const spoken = (which: string): string =>
    `SELECT substring(node, 3) FROM edges WHERE startsWith(node, 'u:') AND startsWith(peer, 'c:') AND why IN (${WHY}) AND ${which}`;
  // A channel without SIP has no Call-ID, which is the empty one.
  const channels = matchesEmpty ? `channel NOT IN (${spoken(`NOT ${positive}`)})` : `channel IN (${spoken(positive)})`;
  return table === 'events' ? `(${channels})` : `if(channel = '', ${own}, ${channels})`;
}

function tenantCondition(matcher: Matcher, { table, node }: Place, matchesEmpty: boolean, params: Params): string {
  const matches = compare(TENANT, matcher, params);
  const letter = table === 'messages' ? 'c' : table === 'events' ? 'u' : undefined;
  const legs = (which: string): string => `SELECT ${letter === undefined ? 'node' : 'substring(node, 3)'} FROM edges
    WHERE kind = 'tenant'${letter === undefined ? '' : ` AND startsWith(node, '${letter}:')`} GROUP BY node HAVING ${which}`;
  const leg = letter === undefined ? node : letter === 'c' ? 'call_id' : 'channel';
  return matchesEmpty ? `(${leg} NOT IN (${legs(`NOT ${matches}`)}))` : `(${leg} IN (${legs(matches)}))`;
}

function lineCondition({ op, texts }: LineFilter, { text }: Place, params: Params): string {
  const parts = texts.map((one) =>
    op === '|=' || op === '!='
      ? one === ''
        ? '1'
        : `position(${text}, ${params.text(one)}) > 0`
      : `match(${text}, ${params.text(unanchored(one))})`,
  );
  const any = `(${parts.join(' OR ')})`;
  return op === '|=' || op === '|~' ? any : `(NOT ${any})`;
}
