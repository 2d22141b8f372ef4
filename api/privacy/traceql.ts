import type { Sight } from '../../core/runtime/sight.ts';
import { plainField } from '../tempo/fields.ts';
import { type Comparison, type Condition, refused } from '../tempo/traceql.ts';
import { restored } from './privacy.ts';

/** Fields that hold a number, a name or an identifier with one in it. */
const PERSONAL: ReadonlySet<string> = new Set([
  ...['sip.from', 'sip.to', 'sip.from_name', 'sip.number', 'sip.call_id', 'sip.channel', 'search', 'name', 'rootName'],
]);

/**
 * A query in which tokens are turned back. Whoever numbers and names are hidden from may say which one he means, but not what
 * it looks like: with patterns and comparisons a number can be found digit by digit.
 *
 * @throws HttpProblem 400 for such a comparison
 */
export function askedTraceQl(condition: Condition | undefined, { tokens, hidden }: Sight): Condition | undefined {
  if (condition === undefined || tokens === undefined) return condition;
  if (condition.kind !== 'compare') {
    return {
      kind: condition.kind,
      parts: condition.parts.map(
        (part) => askedTraceQl(part, { tokens, ...(hidden === undefined ? {} : { hidden }) }) as Condition,
      ),
    };
  }
  const { field, op, value } = condition;
  if (hidden !== undefined && PERSONAL.has(plainField(field)) && op !== '=' && op !== '!=') {
    throw refused(
      `${field} ${op} is not for you, as numbers and names are hidden from you: only = and !=, with a whole number or its token`,
    );
  }
  return typeof value === 'string'
    ? ({ ...condition, value: restored(value, tokens, hidden) } satisfies Comparison)
    : condition;
}
